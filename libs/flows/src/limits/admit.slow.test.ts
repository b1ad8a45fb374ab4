import { type CategoryLimits, subjects } from '@slipstream/contracts';
import { cancelTask, submit, taskView } from '@slipstream/tasklog';
import { type Engine, startEngine, testTasks as tasks } from '@slipstream/testkit';
import { changeControls, runPool } from '@slipstream/worker';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { admit } from './admit.ts';

let engine: Engine;
beforeEach(async () => {
  engine = await startEngine(tasks);
});
afterEach(() => engine[Symbol.asyncDispose]());

/** Resolves when it answers. */
async function startSteward(): Promise<AsyncDisposable> {
  const stop = new AbortController();
  const { bus, log, parts } = engine;
  const running = admit({ bus, log, tasks, logger: parts.logger }, stop.signal);
  const probe = JSON.stringify({ instance: 'test', number: 1, slots: 0, held: [], asks: [] });
  await vi.waitFor(() => bus.connection.request(subjects.acquire('ingestion'), probe), 5_000);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

const startPool = (keyed: (key: string) => Promise<unknown>, slots = 5) =>
  runPool(engine.parts, {
    category: 'ingestion',
    tasks,
    slots,
    handlers: { keyed: ({ key }) => keyed(key), paced: async () => ({}) },
  });

const setLimits = (limits: CategoryLimits) =>
  changeControls(engine.bus, 'ingestion', () => ({ limits }));

const send = (key: string, more: object = {}) =>
  submit(engine.bus, engine.log, { definition: tasks.keyed, payload: { key, ms: 0 }, ...more });

test('one task of a key runs at a time, the others wait in its lane, and none loses an attempt', async () => {
  await using _steward = await startSteward();
  let running = 0;
  let most = 0;
  const gate = Promise.withResolvers<void>();
  await using _pool = startPool(async () => {
    running += 1;
    most = Math.max(most, running);
    await gate.promise;
    running -= 1;
    return {};
  });
  const sent = await Promise.all(Array.from({ length: 20 }, () => send('a')));
  await vi.waitFor(async () => {
    const { state } = await engine.bus.manager.streams.info('LANES');
    expect(state.messages).toBe(19);
  }, 5_000);
  await engine.projection.barrier();
  const parked = await engine.projection.list({ state: 'waiting', limit: 50 });
  expect(parked).toHaveLength(19);
  gate.resolve();
  const rows = await Promise.all(sent.map(({ task }) => engine.reaches(task.id)));
  expect(most).toBe(1);
  expect(rows.map(({ state, attempt }) => `${state} ${attempt}`)).toEqual(
    Array.from({ length: 20 }, () => 'succeeded 1'),
  );
  const { state } = await engine.bus.manager.streams.info('LANES');
  expect(state.messages).toBe(0);
});

test('another key is not held up', async () => {
  await using _steward = await startSteward();
  const gate = Promise.withResolvers<void>();
  await using _pool = startPool(async (key) => {
    if (key === 'slow') await gate.promise;
    return {};
  }, 2);
  const slow = await Promise.all(Array.from({ length: 6 }, () => send('slow')));
  const other = await send('other');
  expect((await engine.reaches(other.task.id)).state).toBe('succeeded');
  gate.resolve();
  await Promise.all(slow.map(({ task }) => engine.reaches(task.id)));
});

test('a task that was cancelled in its lane never runs', async () => {
  await using _steward = await startSteward();
  const gate = Promise.withResolvers<void>();
  const ran: string[] = [];
  await using _pool = startPool(async (key) => {
    ran.push(key);
    await gate.promise;
    return {};
  });
  const first = await send('c');
  await vi.waitFor(() => expect(ran).toEqual(['c']));
  const second = await send('c');
  await engine.reaches(second.task.id, new Set(['waiting']));
  await cancelTask(engine.bus, engine.log, { id: second.task.id, run: 1, category: 'ingestion' });
  gate.resolve();
  await engine.reaches(first.task.id);
  await engine.reaches((await send('c')).task.id);
  expect(ran).toEqual(['c', 'c']);
  expect((await engine.reaches(second.task.id)).state).toBe('cancelled');
});

test('without a steward keyed work waits, and runs when there is one', async () => {
  const ran: string[] = [];
  await using _pool = startPool(async (key) => void ran.push(key));
  const { task } = await send('d');
  await engine.bus.flush();
  await using _steward = await startSteward();
  const view = taskView(await engine.reaches(task.id));
  expect([view.state, view.attempt, ran]).toEqual(['succeeded', 1, ['d']]);
});

test('a limit of the category at run time replaces that of the kind', async () => {
  await setLimits({ kinds: { keyed: { concurrency: { perKey: 3 } } } });
  await using _steward = await startSteward();
  const gate = Promise.withResolvers<void>();
  let running = 0;
  await using _pool = startPool(async () => {
    running += 1;
    await gate.promise;
    return {};
  });
  const sent = await Promise.all(Array.from({ length: 5 }, () => send('e')));
  await vi.waitFor(async () => {
    const { state } = await engine.bus.manager.streams.info('LANES');
    expect([running, state.messages]).toEqual([3, 2]);
  }, 5_000);
  gate.resolve();
  await Promise.all(sent.map(({ task }) => engine.reaches(task.id)));
});

test('a limit that is set for a kind without one bounds it over all workers, and is lifted again', async () => {
  await using _steward = await startSteward();
  const gate = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  const startPlain = () =>
    runPool(engine.parts, {
      category: 'batch',
      tasks,
      slots: 5,
      handlers: {
        work: async () => {
          running += 1;
          most = Math.max(most, running);
          await gate.promise;
          running -= 1;
          return {};
        },
        crawl: async () => ({}),
      },
    });
  await using _one = startPlain();
  await using _two = startPlain();
  const concurrency = { perKey: 3 };
  await changeControls(engine.bus, 'batch', () => ({
    limits: { kinds: { work: { concurrency } } },
  }));
  const submitted = () =>
    submit(engine.bus, engine.log, { definition: tasks.work, payload: { text: '' } });
  const sent = await Promise.all(Array.from({ length: 8 }, submitted));
  await vi.waitFor(async () => {
    const { state } = await engine.bus.manager.streams.info('LANES');
    expect([running, state.messages]).toEqual([3, 5]);
  }, 20_000);
  expect(most).toBe(3);
  await changeControls(engine.bus, 'batch', () => ({}));
  await vi.waitFor(() => expect(running).toBe(8), 20_000);
  gate.resolve();
  for (const { task } of sent) expect((await engine.reaches(task.id)).attempt).toBe(1);
}, 60_000);

test('a task that fails frees its key, and a copy that was parked before is not run twice', async () => {
  await using _steward = await startSteward();
  let runs = 0;
  await using _pool = startPool(async () => {
    runs += 1;
    if (runs === 1) throw new Error('once');
    return {};
  });
  const { task } = await send('f');
  expect((await engine.reaches(task.id)).attempt).toBe(2);
  expect((await engine.reaches((await send('f')).task.id)).state).toBe('succeeded');
});

test('tenants share by weight, however much one of them sends first', async () => {
  await setLimits({ tenants: { big: 3 } });
  await using _steward = await startSteward();
  const order: string[] = [];
  const noisy = Array.from({ length: 120 }, (_, index) => ({ tenant: 'noisy', key: `n${index}` }));
  for (const { key: name, tenant } of noisy) await send(name, { tenant });
  const others = ['big', 'small'].flatMap((tenant) =>
    Array.from({ length: 30 }, (_, index) => ({ tenant, key: `${tenant}${index}` })),
  );
  for (const { key: name, tenant } of others) await send(name, { tenant });
  await using _pool = startPool(async (name) => void order.push(name.replace(/\d+/, '')), 2);
  await vi.waitFor(() => expect(order).toHaveLength(180), 15_000);
  const first = order.slice(0, 54);
  const of = (name: string) => first.filter((each) => each === name).length;
  // 3 : 1 : 1, but for what was released before the pool was there.
  expect(of('big')).toBeGreaterThanOrEqual(26);
  expect(Math.abs(of('small') - of('n'))).toBeLessThanOrEqual(8);
});
