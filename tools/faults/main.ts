/**
 * Random traffic, random `kill -9`, and the verdict on what became of every task:
 *
 *   npm run faults -- --seed N --faults M [--minutes 5] [--json FILE]
 *
 * Ends with code 1 when a task was lost, completed twice, or moved in a way that it must not.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { figuresOf } from './figures.ts';
import { runFaults } from './run-faults.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    faults: { type: 'string', default: '20' },
    minutes: { type: 'string' },
    json: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const faults = Number(values.faults);
const minutes = Number(values.minutes ?? faults / 20);
if (![seed, faults, minutes].every((number) => Number.isFinite(number) && number >= 0)) {
  say('usage: npm run faults -- --seed N --faults M [--minutes 5] [--json FILE]');
  process.exit(2);
}

say(`seed ${seed}, ${faults} faults in ${Math.round(minutes * 60)} s\n`);
say('killed        a task submitted afterwards ended after');
const run = await runFaults({
  seed,
  faults,
  durationMs: minutes * 60_000,
  onFault: ({ killed, recoveryMs }) => say(`${killed.padEnd(12)}  ${recoveryMs} ms`),
});
const figures = figuresOf(seed, run);
say('');
for (const [name, value] of Object.entries(figures)) say(`${name.padEnd(20)}${value}`);
const { lost, doublyCompleted, illegalTransitions } = run.verdict;
const wrong = [
  ...lost.map((id) => `lost: ${id}`),
  ...doublyCompleted.map((id) => `completed twice: ${id}`),
  ...illegalTransitions,
];
for (const line of wrong.slice(0, 20)) say(line);
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
process.exitCode = wrong.length > 0 ? 1 : 0;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
