import { expect, test } from 'vitest';
import { figuresOf } from './figures.ts';
import { runFaults } from './run-faults.ts';

test('ten kills in the middle of traffic lose nothing and end nothing twice, and each is recovered from', async () => {
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
  // On a quiet machine it is less than 5 s: `npm run faults` prints and judges that.
  expect(run.faults.filter(({ recoveryMs }) => recoveryMs >= 60_000)).toEqual([]);
}, 180_000);
