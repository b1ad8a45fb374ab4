import type { Priority } from '@slipstream/contracts';
import { submitMany } from '@slipstream/tasklog';
import { type Engine, startEngine, testTasks as tasks } from '@slipstream/testkit';
import { changeControls, runPool } from '@slipstream/worker';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { publishAges, readAges } from './publish-ages.ts';

let engine: Engine;
let ages: Promise<void>;
const stop = new AbortController();
beforeAll(async () => {
  engine = await startEngine(tasks);
  ages = publishAges({ bus: engine.bus, logger: engine.parts.logger }, stop.signal);
});
afterAll(async () => {
  stop.abort();
  await ages;
  await engine[Symbol.asyncDispose]();
});

const CRITICAL = 600;
const BULK = 5;

/** Runs a flood of critical tasks before some bulk ones over two pools; the places of the bulk ones. */
async function placesOfBulk(): Promise<number[]> {
  const { bus, log, parts } = engine;
  const send = (priority: Priority, count: number) =>
    submitMany(
      bus,
      log,
      Array.from({ length: count }, () => ({
        definition: tasks.work,
        payload: { text: priority },
        priority,
      })),
    );
  await send('bulk', BULK);
  await send('critical', CRITICAL);
  await vi.waitFor(async () => {
    expect((await readAges(bus, 'batch')).bulk).toBeGreaterThan(500);
  }, 20_000);
  const order: string[] = [];
  const start = () =>
    runPool(parts, {
      category: 'batch',
      tasks,
      slots: 1,
      handlers: {
        crawl: async () => ({}),
        work: async ({ text }) => {
          order.push(text);
          await new Promise((resolve) => setTimeout(resolve, 10));
          return {};
        },
      },
    });
  await using _one = start();
  await using _two = start();
  await vi.waitFor(() => expect(order).toHaveLength(CRITICAL + BULK), 60_000);
  return order.flatMap((priority, place) => (priority === 'bulk' ? [place] : []));
}

test('with ageing off bulk waits for the end of the flood, with an allowance that is over it does not', async () => {
  await changeControls(engine.bus, 'batch', () => ({ ageing: { enabled: false } }));
  const strict = await placesOfBulk();
  // The last two runs of the flood may be in hand when the first bulk task is taken.
  expect(Math.min(...strict)).toBeGreaterThanOrEqual(CRITICAL - 2);

  await changeControls(engine.bus, 'batch', () => ({ ageing: { allowanceMs: { bulk: 500 } } }));
  const aged = await placesOfBulk();
  expect(Math.max(...aged)).toBeLessThan(CRITICAL - 10);
}, 120_000);
