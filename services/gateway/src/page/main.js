import { get, problemOf } from './api.js';
import { startAsking } from './ask.js';
import { startCrawling } from './crawl.js';
import { byId, problemBox } from './dom.js';
import { startStatus } from './status.js';

startAsking();
startStatus();
void showWhetherEmpty();
startCrawling(showWhetherEmpty).catch((error) =>
  byId('crawl-problem').replaceChildren(problemBox(problemOf(error))),
);

/** Whoever asks before anything was read should know why there is no answer. */
async function showWhetherEmpty() {
  const note = byId('empty');
  if (note.dataset.known === 'filled') return;
  try {
    const { items } = await get('/v1/tasks?kind=index-write&state=succeeded&limit=1');
    const empty = items.length === 0;
    if (!empty) note.dataset.known = 'filled';
    note.hidden = !empty;
    note.textContent = byId('sample').hidden
      ? 'Nothing is indexed yet: crawl a site first.'
      : 'Nothing is indexed yet: crawl the sample site first.';
  } catch (error) {
    note.hidden = false;
    note.textContent = problemOf(error).detail;
  }
}
