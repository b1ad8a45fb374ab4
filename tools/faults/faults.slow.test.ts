import { expect, test } from 'vitest';
import { figuresOf } from './figures.ts';
import { runFaults } from './run-faults.ts';

test('ten kills in the middle of traffic lose nothing, end nothing twice, and cost seconds at most', async () => {
  const seed = 20_261;
  const run = await runFaults({ seed, faults: 10, durationMs: 25_000 });
  const figures = figuresOf(seed, run);
  expect({ figures, ...run.verdict }).toMatchObject({
    lost: [],
    doublyCompleted: [],
    illegalTransitions: [],
  });
  expect(figures.faults).toBe(10);
  expect(figures.accepted).toBeGreaterThan(100);
  expect(run.faults.filter(({ recoveryMs }) => recoveryMs >= 5_000)).toEqual([]);
}, 180_000);
