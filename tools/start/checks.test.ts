import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { capture } from './run.mjs';

const vitest = (tally: object, code = 0): string =>
  `echo '${JSON.stringify(tally)}' > $SLIPSTREAM_TEST_TALLY; exit ${code}`;

/** Runs `check` or `test` with these shell lines in the place of the real programs. */
async function runWith(command: string, scripts: { tsc?: string; vitest: string }) {
  const folder = await mkdtemp(join(tmpdir(), 'checks-'));
  await using _cleanup = {
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
  for (const [name, text] of Object.entries({ biome: 'exit 0', tsc: 'exit 0', ...scripts })) {
    await writeFile(join(folder, name), `#!/bin/sh\n${text}\n`);
    await chmod(join(folder, name), 0o755);
  }
  const module = join(import.meta.dirname, 'checks.mjs');
  const env = `{ ...process.env, PATH: ${JSON.stringify(folder)} }`;
  const source = `import { runChecks } from ${JSON.stringify(module)};
    process.exitCode = await runChecks('${command}', ['libs/worker'], '${folder}', ${env});`;
  const { ok, out } = await capture(process.execPath, ['--input-type=module', '-e', source]);
  return { ok, lines: out.trim().split('\n') };
}

test('check runs lint, types and tests, and ends with one plain line', async () => {
  const { ok, lines } = await runWith('check', { vitest: vitest({ passed: 7, failed: 0 }) });
  expect(ok).toBe(true);
  expect(lines.filter((line) => line.startsWith('>'))).toEqual([
    '> lint: biome check',
    '> types: tsc',
    '> unit and service tests: vitest run libs/worker',
  ]);
  expect(lines.at(-1)).toBe('7 passed, 0 failed');
});

test('check stops at the first failure, which counts as one', async () => {
  const { ok, lines } = await runWith('check', { tsc: 'exit 2', vitest: 'exit 0' });
  expect(ok).toBe(false);
  expect(lines.join('\n')).not.toContain('> unit');
  expect(lines.at(-1)).toBe('0 passed, 1 failed');
});

test('test adds up both runs of Vitest and goes on after a failure', async () => {
  const script = `if [ "$SLIPSTREAM_TEST_SUITES" = slow ]; then ${vitest({ passed: 3, failed: 0 })}
    else ${vitest({ passed: 5, failed: 2, failures: ['a > adds', 'b > waits'] }, 1)}; fi`;
  const { ok, lines } = await runWith('test', { vitest: script });
  expect(ok).toBe(false);
  expect(
    lines.filter((line) => /^(ok|FAILED)/.test(line)).map((line) => line.split(' ')[0]),
  ).toEqual(['ok', 'ok', 'FAILED', 'ok']);
  expect(lines.filter((line) => line.startsWith('- '))).toEqual(['- a > adds', '- b > waits']);
  expect(lines.filter((line) => line.includes('passed,'))).toEqual(['8 passed, 2 failed']);
});

test('a run of Vitest that breaks before it counts is one failure', async () => {
  const { lines } = await runWith('test', { vitest: 'exit 1' });
  expect(lines.at(-1)).toBe('0 passed, 2 failed');
});
