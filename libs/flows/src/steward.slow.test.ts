import { RetryLaterError } from '@slipstream/contracts';
import { submit } from '@slipstream/tasklog';
import { type Engine, startEngine, testTasks as tasks, untilDisposed } from '@slipstream/testkit';
import { runPool } from '@slipstream/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { steward } from './steward.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(tasks);
});
afterAll(() => engine[Symbol.asyncDispose]());

function startSteward(): AsyncDisposable {
  const { bus, log, projection, parts } = engine;
  return untilDisposed((signal) =>
    steward({ bus, log, projection, tasks, logger: parts.logger }, signal),
  );
}

test('a retry with a long backoff leaves the queue and comes back as the next attempt', async () => {
  const seen: object[] = [];
  await using _steward = startSteward();
  await using _pool = runPool(engine.parts, {
    category: 'batch',
    tasks,
    slots: 2,
    handlers: {
      crawl: async () => ({}),
      work: async (_payload, { attempt, fence }) => {
        seen.push({ attempt, gen: fence.gen });
        if (attempt === 1) throw new RetryLaterError('come back later', { delayMs: 10_200 });
        return {};
      },
    },
  });
  const { task } = await submit(engine.bus, engine.log, {
    definition: tasks.work,
    payload: { text: 'retry' },
  });
  await engine.reaches(task.id, new Set(['retrying']));
  const { state } = await engine.bus.manager.streams.info('TASKS_BATCH');
  expect(state.messages).toBe(0);
  expect((await engine.reaches(task.id)).state).toBe('succeeded');
  expect(seen).toEqual([
    { attempt: 1, gen: 1 },
    { attempt: 2, gen: 2 },
  ]);
});
