import { newId, TerminalError } from '@slipstream/contracts';
import { cancelTask, type Replayable, replayTask, submit, taskView } from '@slipstream/tasklog';
import {
  type Engine,
  startEngine,
  type TestTasks,
  testTasks as tasks,
  untilDisposed,
} from '@slipstream/testkit';
import { type Handlers, runPool } from '@slipstream/worker';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { conduct } from './conductor.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(tasks);
});
afterAll(() => engine[Symbol.asyncDispose]());

const startPool = (handlers: Handlers<'batch', TestTasks>) =>
  runPool(engine.parts, { category: 'batch', tasks, slots: 5, handlers });

function startConductor(): AsyncDisposable {
  const { bus, log, projection, parts } = engine;
  return untilDisposed((signal) =>
    conduct({ bus, log, projection, tasks, logger: parts.logger }, signal),
  );
}

const crawl = (text: string) =>
  submit(engine.bus, engine.log, { definition: tasks.crawl, payload: { text } });

const pages = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    key: `page ${index}`,
    kind: 'work' as const,
    payload: { text: `page ${index}` },
  }));

test('a parent ends after all of its children, and counts them', async () => {
  const ran: string[] = [];
  await using _conductor = startConductor();
  await using _pool = startPool({
    crawl: async (_payload, { addChildren }) => {
      await addChildren(pages(20));
      return { found: 20 };
    },
    work: async ({ text }) => void ran.push(text),
  });
  const { task } = await crawl('site');
  const row = await engine.reaches(task.id);
  expect(new Set(ran).size).toBe(20);
  expect(taskView(row)).toMatchObject({
    state: 'succeeded',
    result: { found: 20 },
    children: { total: 20, succeeded: 20, failed: 0 },
  });
});

test('a child that was added twice runs once, and a child may add siblings', async () => {
  const ran: string[] = [];
  await using _conductor = startConductor();
  await using _pool = startPool({
    crawl: async (_payload, { addChildren }) => {
      await addChildren(pages(2));
      await addChildren(pages(2));
      return {};
    },
    work: async ({ text }, { addSiblings }) => {
      ran.push(text);
      if (text === 'page 0') await addSiblings(pages(5));
    },
  });
  const row = await engine.reaches((await crawl('site')).task.id);
  expect(ran.sort()).toEqual(pages(5).map(({ key }) => key));
  expect(JSON.parse(row.children ?? '')).toMatchObject({ total: 5, succeeded: 5 });
});

test('children beyond the limit are not taken', async () => {
  await using _conductor = startConductor();
  await using _pool = startPool({
    crawl: async (_payload, { addChildren }) => addChildren(pages(10), { limit: 4 }),
    work: async () => ({}),
  });
  const row = await engine.reaches((await crawl('site')).task.id);
  expect(JSON.parse(row.children ?? '')).toMatchObject({ total: 4, succeeded: 4 });
});

test('a tolerant parent succeeds with some failed children and fails with only failed ones', async () => {
  await using _conductor = startConductor();
  await using _pool = startPool({
    crawl: async ({ text }, { addChildren }) => addChildren(pages(Number(text))),
    work: async ({ text }) => {
      if (text === 'page 0') throw new TerminalError('no');
    },
  });
  expect((await engine.reaches((await crawl('3')).task.id)).state).toBe('succeeded');
  const failed = taskView(await engine.reaches((await crawl('1')).task.id));
  expect(failed).toMatchObject({ state: 'failed', error: { code: 'children-failed' } });
});

test.each([
  ['fail', 'failed', { total: 4, succeeded: 3, failed: 1 }],
  ['continue', 'succeeded', { total: 4, succeeded: 3, failed: 1 }],
  ['stop', 'failed', { total: 4, succeeded: 1, failed: 1, skipped: 2 }],
] as const)(
  'with the policy %s a failed child leaves a parent that has %s',
  async (onFailure, state, children) => {
    await using _conductor = startConductor();
    await using _pool = startPool({
      // One at a time, so that it is known what had not begun.
      crawl: async (_payload, { addChildren }) =>
        addChildren(pages(4), { onFailure, concurrency: 1 }),
      work: async ({ text }) => {
        if (text === 'page 1') throw new TerminalError('no');
      },
    });
    const ended = taskView(await engine.reaches((await crawl('site')).task.id));
    expect([ended.state, ended.children]).toEqual([state, expect.objectContaining(children)]);
  },
);

test('of children that wait for their turn only those are read again that are taken', async () => {
  const ran: string[] = [];
  await using _conductor = startConductor();
  await using _pool = startPool({
    // More messages than the conductor keeps, and a payload that would be missed.
    crawl: async (_payload, { addChildren }) => {
      for (const { key, ...page } of pages(60)) {
        await addChildren([{ key, ...page }], { concurrency: 2 });
      }
    },
    work: async ({ text }) => void ran.push(text),
  });
  const row = await engine.reaches((await crawl('site')).task.id);
  expect(row.state).toBe('succeeded');
  expect(ran.toSorted()).toEqual(
    pages(60)
      .map(({ key }) => key)
      .toSorted(),
  );
});

test('children that were added while no conductor ran are released by the next one', async () => {
  await using _pool = startPool({
    crawl: async (_payload, { addChildren }) => addChildren(pages(3)),
    work: async () => ({}),
  });
  const { task } = await crawl('site');
  await engine.reaches(task.id, new Set(['waiting']));
  await using _conductor = startConductor();
  expect((await engine.reaches(task.id)).state).toBe('succeeded');
});

test('a conductor that takes over in the middle repeats nothing', async () => {
  const ran: string[] = [];
  const gate = Promise.withResolvers<void>();
  await using _pool = startPool({
    crawl: async (_payload, { addChildren }) => addChildren(pages(8)),
    work: async ({ text }) => {
      ran.push(text);
      if (ran.length > 4) await gate.promise;
    },
  });
  const { task } = await (async () => {
    await using _first = startConductor();
    const submitted = await crawl('site');
    await vi.waitFor(() => expect(ran.length).toBeGreaterThan(4));
    return submitted;
  })();
  await using _second = startConductor();
  gate.resolve();
  const row = await engine.reaches(task.id);
  expect(JSON.parse(row.children ?? '')).toMatchObject({ total: 8, succeeded: 8 });
  expect(ran.sort()).toEqual(pages(8).map(({ key }) => key));
});

test('cancelling a parent cancels its open children', async () => {
  const started = Promise.withResolvers<void>();
  await using _conductor = startConductor();
  await using _pool = startPool({
    crawl: async (_payload, { addChildren }) => addChildren(pages(20)),
    work: async (_payload, { signal }) => {
      started.resolve();
      await new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason)),
      );
    },
  });
  const { task, category } = await crawl('site');
  await started.promise;
  await cancelTask(engine.bus, engine.log, { id: task.id, run: 1, category });
  await vi.waitFor(async () => {
    const children = await engine.projection.ask('childrenOf', task.id);
    expect(children.length).toBeGreaterThan(0);
    expect(new Set(children.map(({ state }) => state))).toEqual(new Set(['cancelled']));
  }, 10_000);
});

test('the flow of a parent that has ended is forgotten', async () => {
  await vi.waitFor(async () => {
    const { state } = await engine.bus.manager.streams.info('FLOWS');
    expect(state.messages).toBe(0);
  });
});

test('a parent that is retried runs its failed children again, and counts the others as they were', async () => {
  const ran: string[] = [];
  let broken = true;
  await using _conductor = startConductor();
  await using _pool = startPool({
    crawl: async () => undefined,
    work: async ({ text }, { addChildren }) => {
      ran.push(text);
      if (text === 'parent') await addChildren(pages(4));
      else if (broken && text !== 'page 0') throw new TerminalError('no');
    },
  });
  const payload = { text: 'parent' };
  const { task } = await submit(engine.bus, engine.log, { definition: tasks.work, payload });
  const failed = await engine.reaches(task.id);
  expect(failed).toMatchObject({ state: 'failed', run: 1 });
  broken = false;
  expect(await replayTask(engine.bus, engine.projection, failed as Replayable)).toBe('replayed');
  await engine.projection.barrier();
  expect(taskView(await engine.reaches(task.id))).toMatchObject({
    run: 2,
    state: 'succeeded',
    children: { total: 4, succeeded: 4, failed: 0 },
  });
  expect(ran.filter((text) => text === 'page 0')).toHaveLength(1);
});
test('a parent that returns while the projection is busy does not wait for ever', async () => {
  await using _conductor = startConductor();
  await using _pool = startPool({
    crawl: async (_payload, { addChildren }) => {
      await addChildren(pages(1));
      return {};
    },
    work: async () => ({}),
  });
  let busy = true;
  const other = { id: newId(), run: 1, category: 'rag', at: new Date().toISOString() } as const;
  const noise = (async () => {
    while (busy) {
      const progress = { done: 1 };
      await Promise.all(
        Array.from({ length: 500 }, () =>
          engine.log.append({ ...other, type: 'progress', progress }),
        ),
      );
    }
  })();
  for (let round = 0; round < 3; round++) {
    const parents = await Promise.all(Array.from({ length: 10 }, () => crawl('site')));
    await Promise.all(parents.map(({ task }) => engine.reaches(task.id)));
  }
  busy = false;
  await noise;
}, 60_000);
