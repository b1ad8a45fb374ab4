// @ts-check
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say, seconds } from './progress.mjs';
import { runInTerminal } from './run.mjs';

/**
 * @typedef {{ passed: number, failed: number, failures?: string[] }} Tally Failures tell of each: where, and why.
 * @typedef {{ title: string, file: string, args: string[], env?: NodeJS.ProcessEnv }} Check
 */

/**
 * What `npm run check` and `npm test` run, in this order. Extra arguments go to Vitest.
 * @param {'check' | 'test'} command
 * @param {string[]} extra
 * @returns {Check[]}
 */
export function checksOf(command, extra) {
  const fast = ['run', ...extra];
  const quick = [
    { title: 'lint', file: 'biome', args: ['check'] },
    { title: 'types', file: 'tsc', args: [] },
    { title: 'unit and service tests', file: 'vitest', args: fast },
  ];
  if (command === 'check') return quick;
  const env = { SLIPSTREAM_TEST_SUITES: 'slow' };
  return [
    ...quick,
    { title: 'crash, browser and container tests', file: 'vitest', args: fast, env },
  ];
}

/**
 * Runs the checks and ends with the plain line `N passed, N failed` over all test runs. `check`
 * stops at the first failure; `test` runs everything, so that one run tells all that is wrong.
 * @param {'check' | 'test'} command
 * @param {string[]} extra
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} exit code
 */
export async function runChecks(command, extra, root, env) {
  /** @type {Tally} */
  const sum = { passed: 0, failed: 0 };
  const lines = [];
  /** @type {string[]} */
  const failures = [];
  for (const check of checksOf(command, extra)) {
    say(`\n> ${check.title}: ${[check.file, ...check.args].join(' ')}`);
    const start = performance.now();
    const tally = await runCheck(check, root, env);
    sum.passed += tally.passed;
    sum.failed += tally.failed;
    failures.push(...(tally.failures ?? []).map(inShort));
    const duration = seconds(performance.now() - start);
    lines.push(`${tally.failed === 0 ? 'ok    ' : 'FAILED'} ${check.title} (${duration})`);
    if (tally.failed > 0 && command === 'check') break;
  }
  if (failures.length > 0) say(`\nWhat failed:\n${failures.join('\n')}`);
  say(`\n${lines.join('\n')}\n\n${tallyLine(sum)}`);
  return sum.failed === 0 ? 0 : 1;
}

/**
 * The end of the output is what CI systems keep, so a long message loses its middle.
 * @param {string} failure
 */
function inShort(failure) {
  const lines = failure.split('\n').map((line) => line.slice(0, 300));
  const kept = lines.length > 16 ? [...lines.slice(0, 4), '...', ...lines.slice(-12)] : lines;
  return `- ${kept.join('\n    ')}`;
}

/** @param {Tally} tally */
export function tallyLine({ passed, failed }) {
  return `${passed} passed, ${failed} failed`;
}

/**
 * The tests' reporter leaves its counts in a file. A program that fails without failing tests
 * (lint, types, a crash) counts as one failure.
 * @param {Check} check
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Tally>}
 */
async function runCheck({ file, args, env: own }, root, env) {
  const folder = await mkdtemp(join(tmpdir(), 'slipstream-tally-'));
  const tallyFile = join(folder, 'tally.json');
  try {
    const code = await runInTerminal(file, args, {
      cwd: root,
      env: { ...env, ...own, SLIPSTREAM_TEST_TALLY: tallyFile },
    });
    const none = { passed: 0, failed: 0 };
    const tally = existsSync(tallyFile) ? JSON.parse(await readFile(tallyFile, 'utf8')) : none;
    return code === 0 || tally.failed > 0 ? tally : { ...tally, failed: 1 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
