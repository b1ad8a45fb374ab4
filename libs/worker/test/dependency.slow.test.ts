import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { queueCounts } from '@slipstream/jetstream';
import { BreakerRegistry, policies } from '@slipstream/resilience';
import { submit } from '@slipstream/tasklog';
import { startEngine, testTasks as tasks } from '@slipstream/testkit';
import { expect, onTestFinished, test, vi } from 'vitest';
import { runPool } from '../src/index.ts';

const OPEN_MS = 2_000;

/** Answers 500 until it is mended; remembers when it was called. */
async function startModel() {
  const calls: { at: number; status: number }[] = [];
  const model = { calls, mended: false, url: '' };
  const server = createServer((_request, response) => {
    const status = model.mended ? 200 : 500;
    calls.push({ at: Date.now(), status });
    response.writeHead(status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  model.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return model;
}

test('while the breaker of its dependency is open a pool takes nothing and no attempt is lost', async () => {
  await using engine = await startEngine(tasks);
  const model = await startModel();
  const registry = new BreakerRegistry({
    policies: { ...policies, model: { ...policies.model, failures: 3, openMs: OPEN_MS } },
  });
  const breaker = registry.breakerFor('model', model.url);
  const work = (): Promise<object> =>
    breaker.run(async (signal) => {
      const { status } = await fetch(model.url, { signal });
      if (status >= 500) throw new Error(`the model answered ${status}`);
      return {};
    });
  await using pool = runPool(engine.parts, {
    category: 'batch',
    tasks,
    slots: 1,
    dependency: 'model',
    breakers: registry,
    handlers: { work, crawl: work },
  });

  const sent = await Promise.all(
    Array.from({ length: 10 }, () =>
      submit(engine.bus, engine.log, { definition: tasks.work, payload: { text: 'x' } }),
    ),
  );
  await vi.waitFor(() => expect(breaker.state().state).toBe('open'), 5_000);
  const { nextTrialAt = '' } = breaker.state();
  model.mended = true;
  await vi.waitFor(async () => {
    expect(pool.inHand).toBe(0);
    const counts = await queueCounts(engine.bus, 'batch');
    expect(counts.reduce((sum, { waiting }) => sum + waiting, 0)).toBeGreaterThanOrEqual(6);
  }, OPEN_MS / 2);

  const rows = await Promise.all(sent.map(({ task }) => engine.reaches(task.id)));
  expect(rows.map(({ state }) => state)).toEqual(Array(10).fill('succeeded'));
  const lost = rows.reduce((sum, { attempt }) => sum + attempt - 1, 0);
  expect(lost).toBe(model.calls.filter(({ status }) => status === 500).length);
  const firstTrial = model.calls.find(({ status }) => status === 200);
  expect(firstTrial?.at).toBeGreaterThanOrEqual(Date.parse(nextTrialAt));
});
