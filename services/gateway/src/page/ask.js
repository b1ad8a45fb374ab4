import { postForEvents, problemOf } from './api.js';
import { byId, element, linkTo, problemBox } from './dom.js';

/** Makes the question box work. */
export function startAsking() {
  const form = byId('ask');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void ask(form);
  });
  form.question.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

async function ask(form) {
  const button = form.querySelector('button');
  const words = element('p', { className: 'words' });
  const sources = element('ol', { className: 'citations' });
  const end = element('p', { className: 'note' }, 'Looking for it…');
  byId('answer').replaceChildren(words, sources, end);
  button.disabled = true;
  const brand = form.brand.value.trim();
  const asked = { question: form.question.value, ...(brand && { brand }) };
  try {
    await postForEvents('/v1/queries', asked, (name, data) => {
      if (name === 'token') words.append(textOf(data));
      if (name === 'citations') showSources(sources, data);
      if (name === 'done') showEnd(words, sources, end, data);
      if (name === 'error') end.replaceWith(problemBox(data));
    });
  } catch (error) {
    end.replaceWith(problemBox(problemOf(error)));
  } finally {
    button.disabled = false;
  }
}

const textOf = (data) => (typeof data === 'string' ? data : (data.text ?? data.token ?? ''));

/** The whole answer counts; the tokens were only its beginning. */
function showEnd(words, sources, end, result) {
  const { answer, reason, outcome, citations, confidence, cached, degraded } = result;
  words.textContent = answer ?? `The knowledge does not answer this. ${reason ?? ''}`;
  showSources(sources, answer === null ? [] : citations);
  const facts = [
    outcome.replace('-', ' '),
    `confidence ${Math.round(confidence * 100)} %`,
    cached && 'from cache',
    degraded && `without the model: ${degraded}`,
  ];
  end.replaceChildren(
    element('span', { className: outcome }, facts.filter(Boolean).join(', ')),
    ' · ',
    element('a', { href: `/v1/tasks/${result.taskId}` }, 'the task'),
  );
}

function showSources(list, citations) {
  list.replaceChildren(
    ...citations.map(({ url, title, heading, page, quote }) =>
      element(
        'li',
        {},
        linkTo(url, [title || url, heading].filter(Boolean).join(' › ')),
        page === undefined ? undefined : `, page ${page}`,
        element('blockquote', { cite: url }, quote),
      ),
    ),
  );
}
