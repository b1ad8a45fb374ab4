/**
 * A chord of many children over three workers, random `kill -9` of the conductor's process and of
 * workers, and the verdict on the join:
 *
 *   npm run faults:chord -- [--seed N] [--runs 1] [--children 1000] [--kills 12]
 *
 * Further runs take the seeds that follow. Ends with code 1 when a join did not run to its one end
 * with all results.
 */
import { parseArgs } from 'node:util';
import { type ChordRun, runChord } from './run-chord.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    runs: { type: 'string', default: '1' },
    children: { type: 'string', default: '1000' },
    kills: { type: 'string', default: '12' },
  },
});
const first = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const runs = Number(values.runs);
const children = Number(values.children);
const kills = Number(values.kills);
if (![first, runs, children, kills].every((number) => Number.isInteger(number) && number >= 0)) {
  say('usage: npm run faults:chord -- [--seed N] [--runs 1] [--children 1000] [--kills 12]');
  process.exit(2);
}

say(
  '| seed | killed: conductor, workers | took | join: runs, ends | results amiss | reruns | verdict |',
);
say('| --- | --- | --- | --- | --- | --- | --- |');
for (let seed = first; seed < first + runs; seed++) {
  const run = await runChord({ seed, children, kills });
  say(rowOf(run));
  for (const mistake of mistakesOf(run)) {
    say(`  ${mistake}`);
    process.exitCode = 1;
  }
}

function rowOf(run: ChordRun): string {
  const { leader = 0, ...workers } = run.killed;
  const others = Object.values(workers).reduce((sum, count) => sum + count, 0);
  const cells = [
    run.seed,
    `${leader}, ${others}`,
    `${(run.durationMs / 1_000).toFixed(1)} s`,
    `${run.joinRuns}, ${run.joinEnds}`,
    run.wrongResults,
    run.rerunChildren,
    mistakesOf(run).length === 0 ? 'right' : 'WRONG',
  ];
  return `| ${cells.join(' | ')} |`;
}

function mistakesOf({ ended, joinEnds, wrongResults, verdict }: ChordRun): string[] {
  const { lost, doublyCompleted, illegalTransitions } = verdict;
  return [
    ...(ended === 'succeeded' ? [] : [`the workflow is ${ended}`]),
    ...(joinEnds === 1 ? [] : [`the join ended ${joinEnds} times`]),
    ...(wrongResults === 0 ? [] : ['the join did not get every result once']),
    ...lost.slice(0, 5).map((id) => `lost: ${id}`),
    ...doublyCompleted.slice(0, 5).map((id) => `completed twice: ${id}`),
    ...illegalTransitions.slice(0, 5),
  ];
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
