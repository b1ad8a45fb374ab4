import { get, problemOf } from './api.js';
import { byId, element, problemBox } from './dom.js';

const EVERY_MS = 3_000;

/** Shows what is running, again and again while somebody looks. */
export function startStatus() {
  const refresh = async () => {
    if (!document.hidden) await showStatus();
    setTimeout(refresh, EVERY_MS);
  };
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void showStatus();
  });
  void refresh();
}

async function showStatus() {
  try {
    const health = await get('/v1/health');
    setHealth(health.status);
    byId('alerts').replaceChildren(...health.alerts.map((alert) => element('li', {}, alert)));
    if (health.dependencies.nats.status !== 'healthy') return;
    const [queues, workers] = await Promise.all([get('/v1/queues'), get('/v1/workers?limit=500')]);
    byId('categories').replaceChildren(
      ...Object.entries(health.categories).map(([category, { status }]) =>
        row(category, status, queues.items, workers.items),
      ),
    );
    byId('as-of').textContent = `As of ${new Date().toLocaleTimeString()}.`;
  } catch (error) {
    setHealth('unhealthy');
    byId('alerts').replaceChildren(element('li', {}, problemBox(problemOf(error))));
  }
}

function setHealth(status) {
  const badge = byId('health');
  if (badge.textContent === status) return;
  badge.textContent = status;
  badge.className = `badge ${status}`;
}

function row(category, status, queues, workers) {
  const own = queues.filter((queue) => queue.category === category);
  const pools = workers.flatMap((worker) =>
    worker.pools.filter((pool) => pool.category === category),
  );
  const slots = sum(pools, 'slots');
  const cells = [
    pools.length,
    slots ? `${sum(pools, 'inHand')} of ${slots}` : '–',
    sum(own, 'waiting'),
    sum(own, 'retrying'),
    sum(pools, 'succeeded'),
    sum(pools, 'failed'),
  ];
  return element(
    'tr',
    {},
    element('td', { className: status }, category),
    ...cells.map((cell) => element('td', {}, String(cell))),
  );
}

const sum = (items, field) => items.reduce((total, item) => total + item[field], 0);
