import { expect, test } from 'vitest';
import { runChord } from './run-chord.ts';

test('the join of a thousand children ends once and has all results, whoever is killed', async () => {
  const run = await runChord({ seed: 2_026, children: 1_000 });
  expect(run).toMatchObject({
    ended: 'succeeded',
    joinEnds: 1,
    wrongResults: 0,
    verdict: { lost: [], doublyCompleted: [], illegalTransitions: [] },
  });
  expect(run.killed['leader']).toBeGreaterThan(0);
}, 300_000);
