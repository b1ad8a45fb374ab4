/**
 * Measures Slipstream, BullMQ on Redis and raw JetStream side by side: docs/guides/benchmark.md.
 *
 *   npm run bench -- [--quick] [--only addOne,process] [--rounds 3] [--json FILE] [--write-docs]
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { figuresOf } from './figures.ts';
import { measures } from './measures/index.ts';
import { machineOf, reportOf, writeIntoPage } from './report.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    json: { type: 'string' },
    'write-docs': { type: 'boolean', default: false },
  },
});
const names = measures.map(({ name }) => name);
const only = values.only?.split(',') ?? names;
const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
const unknown = only.filter((name) => !names.includes(name));
if (unknown.length > 0) refuse(`--only knows ${names.join(', ')}, not ${unknown.join(', ')}`);
if (!Number.isInteger(rounds) || rounds < 1) refuse('--rounds takes a whole number from 1 on');
if (process.platform !== 'linux') refuse('the benchmark reads /proc, so it needs Linux');

const series = new Map<string, number[]>();
for (let round = 0; round < rounds; round++) {
  for (const measure of measures) {
    if (!only.includes(measure.name) || (measure.once && round > 0)) continue;
    const began = performance.now();
    const found = await measure.run(values.quick, round % 2 === 1);
    for (const [name, value] of Object.entries(found)) {
      series.set(name, [...(series.get(name) ?? []), value]);
    }
    const took = ((performance.now() - began) / 1_000).toFixed(1);
    process.stderr.write(`round ${round + 1} of ${rounds}: ${measure.name} (${took} s)\n`);
  }
}

const machine = machineOf({ rounds, quick: values.quick });
const report = reportOf(series, machine);
process.stdout.write(`${report}\n`);
if (values.json !== undefined) {
  const found = { figures: figuresOf(series), machine, series: Object.fromEntries(series) };
  writeFileSync(values.json, `${JSON.stringify(found, null, 2)}\n`);
}
if (values['write-docs']) {
  writeIntoPage(join(import.meta.dirname, '../../docs/guides/benchmark.md'), report);
}

function refuse(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(2);
}
