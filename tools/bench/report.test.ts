import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { figuresOf } from './figures.ts';
import { median, percentile } from './measure.ts';
import { machineOf, reportOf, writeIntoPage } from './report.ts';

const machine = machineOf({ rounds: 3, quick: false });

test('a ratio is that of the medians, and what was not measured has none', () => {
  const series = new Map([
    ['process.slipstream', [30_000, 1, 40_000]],
    ['process.bullmq', [15_000, 16_000, 90_000]],
    ['process.telemetry', [27_000]],
  ]);
  expect(figuresOf(series)).toEqual({
    processRatio: 1.875,
    processTelemetryRatio: 1.688,
    telemetryCost: 0.1,
  });
});

test('the median of an even number of values lies between the middle ones', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([7, 1, 3])).toBe(3);
  expect(percentile([5, 1, 2, 4, 3], 0.99)).toBe(5);
});

test('a report shows what was measured and the goal beside it', () => {
  const series = new Map([
    ['addBulk.slipstream', [45_000.4]],
    ['addBulk.bullmq', [20_000]],
    ['addBulk.slipstream.cpu.server', [12.34]],
  ]);
  const report = reportOf(series, machine);
  expect(report).toContain('| add in groups of 1,000, tasks/s | 45,000 | 20,000 |');
  expect(report).toContain('| `addBulkRatio` | add in bulk | 2.25 | >= 1.8 |');
  expect(report).toContain('| add in groups: Slipstream |  | 12.3 |  |  |');
  expect(report).not.toContain('process');
});

test('a report replaces what stands between the marks of a page', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'report-'));
  await using _cleanup = {
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
  const page = join(dir, 'page.md');
  await writeFile(page, 'above\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nbelow\n');
  writeIntoPage(page, 'new');
  writeIntoPage(page, 'newer');
  expect(await readFile(page, 'utf8')).toBe(
    'above\n<!-- bench: begin -->\nnewer\n<!-- bench: end -->\nbelow\n',
  );
  await writeFile(page, 'no marks\n');
  expect(() => writeIntoPage(page, 'new')).toThrow('<!-- bench: begin -->');
});
