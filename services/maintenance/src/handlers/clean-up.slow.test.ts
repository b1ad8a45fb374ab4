import { tasks } from '@slipstream/contracts';
import { directLast } from '@slipstream/jetstream';
import { cancelTask, submit } from '@slipstream/tasklog';
import { startEngine } from '@slipstream/testkit';
import { runPool } from '@slipstream/worker';
import { expect, test } from 'vitest';
import { createCleanUp } from './clean-up.ts';

test('the flow of a parent is removed ten minutes after its end, not before', async () => {
  await using engine = await startEngine();
  const { bus, log, projection, parts } = engine;
  let aheadMs = 0;
  const cleanUp = createCleanUp(bus, projection, () => Date.now() + aheadMs);
  const unused = async (): Promise<never> => {
    throw new Error('this test needs no such task');
  };
  await using _pool = runPool(parts, {
    category: 'maintenance',
    tasks,
    slots: 1,
    handlers: {
      'maintain-index': unused,
      'health-snapshot': unused,
      'dead-letter-digest': unused,
      'clean-up': cleanUp,
      'erase-source': unused,
      retention: unused,
      recrawl: unused,
      'sweep-stuck': unused,
      'warm-cache': unused,
    },
  });
  const definition = tasks['scrape-site'];
  const payload = { url: 'https://docs.example.com/', brand: 'Acme' };
  const { task } = await submit(bus, log, { definition, payload });
  const { task: open } = await submit(bus, log, { definition, payload });
  await cancelTask(bus, log, { id: task.id, run: 1, category: 'scraping' });
  for (const id of [task.id, open.id]) {
    await bus.publisher.publish(`flow.${id}`, JSON.stringify({ by: id, children: [] }));
  }
  const flows = async () => (await engine.completed('clean-up', {})).result;
  expect(await flows()).toMatchObject({ flows: { seen: 2, stale: 0 } });
  aheadMs = 600_001;
  expect(await flows()).toMatchObject({ flows: { seen: 2, stale: 1 } });
  expect(await directLast(bus, 'FLOWS', `flow.${task.id}`)).toBeUndefined();
  expect(await directLast(bus, 'FLOWS', `flow.${open.id}`)).toBeDefined();
});
