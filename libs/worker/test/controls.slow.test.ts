import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { queueCounts } from '@slipstream/jetstream';
import { submit } from '@slipstream/tasklog';
import { type Engine, startEngine, testTasks } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { changeControls, readControls, readWorkers, runPool } from '../src/index.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(testTasks);
});
afterAll(() => engine[Symbol.asyncDispose]());

function startProcess(name: string): void {
  const args = [
    '--disable-warning=ExperimentalWarning',
    join(import.meta.dirname, 'pool-process.ts'),
  ];
  const child = spawn(process.execPath, [...args, engine.nats.url, name, '200'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
}

const inHand = async (): Promise<number> => {
  const counts = await queueCounts(engine.bus, 'batch');
  return counts.reduce((sum, count) => sum + count.inHand, 0);
};

test('slots that are changed take effect in three processes under load, up and down', async () => {
  const send = (text: string) =>
    submit(engine.bus, engine.log, { definition: testTasks.work, payload: { text } });
  await Promise.all(Array.from({ length: 1_500 }, (_, index) => send(`load ${index}`)));
  for (const name of ['one', 'two', 'three']) startProcess(name);
  await vi.waitFor(async () => expect(await readWorkers(engine.bus)).toHaveLength(3), 20_000);
  await vi.waitFor(async () => expect(await inHand()).toBe(9), 10_000);

  for (const slots of [7, 1, 4]) {
    await changeControls(engine.bus, 'batch', (now) => ({ ...now, slots }));
    await vi.waitFor(async () => expect(await inHand()).toBe(3 * slots), 10_000);
  }
  await vi.waitFor(async () => {
    const pools = (await readWorkers(engine.bus)).flatMap((worker) => worker.pools);
    expect(pools.map(({ slots }) => slots)).toEqual([4, 4, 4]);
  }, 5_000);

  await changeControls(engine.bus, 'batch', (now) => ({ ...now, paused: true }));
  await vi.waitFor(async () => expect(await inHand()).toBe(0), 10_000);
  await changeControls(engine.bus, 'batch', (now) => ({ ...now, paused: false }));
  await vi.waitFor(async () => expect(await inHand()).toBe(12), 10_000);
});

test('two changes at once both take effect', async () => {
  await Promise.all([
    changeControls(engine.bus, 'rag', (now) => ({ ...now, slots: 5 })),
    changeControls(engine.bus, 'rag', (now) => ({ ...now, targetLag: 7 })),
    changeControls(engine.bus, 'rag', (now) => ({ ...now, maxReplicas: 9 })),
  ]);
  const { controls } = await readControls(engine.bus, 'rag');
  expect(controls).toEqual({ slots: 5, targetLag: 7, maxReplicas: 9 });
});

test('a restart lets a pool ask anew at once, while its old pulls are still open', async () => {
  const { bus, parts } = engine;
  const pulls: number[] = [];
  const subject = '$JS.API.CONSUMER.MSG.NEXT.TASKS_RAG.p0';
  const spy = bus.connection.subscribe(subject, {
    callback(_error, message) {
      if (message.string().includes('expires')) pulls.push(Date.now());
    },
  });
  onTestFinished(() => spy.unsubscribe());
  const own = { category: 'rag', tasks: testTasks, slots: 1, handlers: {} } as const;
  await using _pool = runPool(parts, own);
  // An idle pool asks once a second.
  await vi.waitFor(() => expect(pulls.length).toBeGreaterThan(1), 5_000);
  await vi.waitFor(async () => {
    const seen = pulls.length;
    await changeControls(bus, 'rag', (now) => ({ ...now, restarts: (now.restarts ?? 0) + 1 }));
    await vi.waitFor(() => expect(pulls.length).toBeGreaterThan(seen), 2_000);
    const [before = 0, last = 0] = pulls.slice(-2);
    expect(last - before).toBeLessThan(700);
  }, 10_000);
});
