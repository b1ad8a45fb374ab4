import { subjects } from '@slipstream/contracts';
import type { Ages } from '@slipstream/jetstream';
import { submit } from '@slipstream/tasklog';
import { startEngine, testTasks as tasks } from '@slipstream/testkit';
import { runPool } from '@slipstream/worker';
import { expect, test, vi } from 'vitest';
import { publishAges, readAges } from './publish-ages.ts';

test('the age of a priority is that of its oldest task that no worker was given', async () => {
  await using engine = await startEngine(tasks);
  const { bus, log, parts } = engine;
  const send = (priority: 'normal' | 'bulk') =>
    submit(bus, log, { definition: tasks.work, payload: { text: priority }, priority });
  const before = Date.now();
  await send('bulk');
  await send('normal');
  await send('normal');
  expect(Object.keys(await readAges(bus, 'batch'))).toEqual(['normal', 'bulk']);
  const { normal = 0, bulk = 0 } = await readAges(bus, 'batch', before + 60_000);
  expect(bulk).toBeGreaterThanOrEqual(normal);
  expect(bulk).toBeGreaterThan(50_000);
  expect(bulk).toBeLessThanOrEqual(60_000);

  const gate = Promise.withResolvers<void>();
  const handlers = {
    work: () => gate.promise,
    crawl: async () => ({}),
  };
  await using pool = runPool(parts, { category: 'batch', tasks, slots: 2, handlers });
  await vi.waitFor(() => expect(pool.inHand).toBe(2), 5_000);
  await vi.waitFor(async () => {
    expect(Object.keys(await readAges(bus, 'batch'))).toEqual(['bulk']);
  }, 5_000);
  gate.resolve();
});

test('ages are broadcast until the signal aborts', async () => {
  await using engine = await startEngine(tasks);
  const { bus, log, parts } = engine;
  await submit(bus, log, { definition: tasks.work, payload: { text: 'waits' }, priority: 'low' });
  const heard: Ages[] = [];
  bus.connection.subscribe(subjects.ages('batch'), {
    callback: (_error, message) => void heard.push(message.json()),
  });
  const stop = new AbortController();
  const publishing = publishAges({ bus, logger: parts.logger }, stop.signal);
  await vi.waitFor(() => expect(heard[0]?.low).toBeGreaterThan(0), 5_000);
  stop.abort();
  await publishing;
});
