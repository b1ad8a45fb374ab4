import { get, post, problemOf } from './api.js';
import { byId, element, problemBox } from './dom.js';

/** Invented, like the manual that the sample site holds. */
const SAMPLE_BRAND = 'Quillmere';
const final = ['succeeded', 'failed', 'cancelled'];
const shown = new Set();

/** Makes the crawl form work and shows the crawls that there are. `onChange`: something may be known now. */
export async function startCrawling(onChange) {
  const form = byId('crawl');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const { url, brand, mode } = Object.fromEntries(new FormData(form));
    void crawl({ url, brand, mode }, form.querySelector('button'), onChange);
  });
  offerSample(onChange);
  for (const kind of ['scrape-page', 'scrape-site']) {
    const { items } = await get(`/v1/tasks?kind=${kind}&limit=5`);
    const own = items.filter(({ parentId }) => parentId === undefined);
    for (const task of own.reverse()) show(task, onChange);
  }
}

function offerSample(onChange) {
  const url = document.querySelector('meta[name="sample-site"]').content;
  if (!url) return;
  byId('sample-link').href = url;
  byId('sample').hidden = false;
  const button = byId('crawl-sample');
  button.addEventListener('click', () => {
    void crawl({ url, brand: SAMPLE_BRAND, mode: 'site' }, button, onChange);
  });
}

async function crawl(scrape, button, onChange) {
  button.disabled = true;
  byId('crawl-problem').replaceChildren();
  try {
    show(await post('/v1/scrapes', scrape), onChange, scrape);
    suggestBrand(scrape.brand);
  } catch (error) {
    byId('crawl-problem').replaceChildren(problemBox(problemOf(error)));
  } finally {
    button.disabled = false;
  }
}

export function suggestBrand(brand) {
  const known = [...byId('brands').options].some(({ value }) => value === brand);
  if (!known) byId('brands').append(element('option', { value: brand }));
}

/** A card that follows the task until it ends. */
function show(task, onChange, scrape) {
  if (shown.has(task.id)) return;
  shown.add(task.id);
  const title = element('a', { href: `/v1/tasks/${task.id}` }, titleOf(task, scrape));
  const state = element('span', { className: 'badge' });
  const bar = element('progress', { ariaLabel: 'progress of the crawl' });
  const words = element('div', { className: 'note' });
  const cancel = element('button', { type: 'button', className: 'quiet' }, 'Cancel');
  const row = element('div', { className: 'row' }, title, state, cancel);
  byId('crawls').prepend(element('li', {}, row, bar, words));

  const update = (now) => {
    state.textContent = now.state === 'waiting' ? 'working' : now.state;
    state.className = `badge ${now.state}`;
    const ended = final.includes(now.state);
    cancel.hidden = ended;
    bar.hidden = ended;
    if (now.result?.url) title.textContent = now.result.url;
    if (now.children) count(now.children);
    if (now.error && now.state !== 'succeeded') words.textContent = now.error.message;
    if (ended) onChange();
  };
  const count = ({ total, succeeded, failed, cancelled }) => {
    bar.max = total;
    bar.value = succeeded + failed + cancelled;
    const rest = [failed && `${failed} failed`, cancelled && `${cancelled} cancelled`];
    words.textContent = [`${succeeded} of ${total} steps done`, ...rest].filter(Boolean).join(', ');
  };

  cancel.addEventListener('click', async () => {
    try {
      update(await post(`/v1/tasks/${task.id}/cancel`, {}));
    } catch (error) {
      words.replaceChildren(problemBox(problemOf(error)));
    }
  });
  update(task);
  if (final.includes(task.state)) return;

  const events = new EventSource(`/v1/tasks/${task.id}/events`);
  const on = (name, use) => events.addEventListener(name, ({ data }) => use(JSON.parse(data)));
  on('state', update);
  on('progress', ({ children, message }) => {
    if (children) count(children);
    else if (message) words.textContent = message;
    onChange();
  });
  on('result', (ended) => {
    events.close();
    update(ended);
  });
}

function titleOf(task, scrape) {
  const what = task.kind === 'scrape-site' ? 'Site' : 'Page';
  return scrape ? scrape.url : (task.result?.url ?? `${what} of ${time(task.createdAt)}`);
}

const time = (text) => new Date(text).toLocaleString();
