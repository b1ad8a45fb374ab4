import { expect, test, vi } from 'vitest';
import { keepRunning, restartDelayMs } from './keep-running.ts';
import { createOutput } from './output.ts';
import type { Program } from './programs.ts';

const script = (source: string): Program => ({
  name: 'script',
  command: [process.execPath, '-e', source],
  cwd: import.meta.dirname,
  env: process.env,
});

function recorder() {
  const lines: string[] = [];
  const output = createOutput('json', (text) => lines.push(JSON.parse(text).msg));
  return { lines, output };
}

test('the wait before a restart doubles up to 5 s', () => {
  expect([0, 1, 2, 3, 4, 5, 9].map(restartDelayMs)).toEqual([
    250, 500, 1000, 2000, 4000, 5000, 5000,
  ]);
});

test('a program that is killed is started again, and the line says so', async () => {
  const { lines, output } = recorder();
  const running = keepRunning(script("console.log('up'); setInterval(() => {}, 1e6)"), output);
  await vi.waitFor(() => expect(lines).toEqual(['up']), 5_000);
  process.kill(running.pid ?? 0, 'SIGKILL');
  const restarted = ['up', 'script ended and is started again', 'up'];
  await vi.waitFor(() => expect(lines).toEqual(restarted), 5_000);
  expect(running.starts).toBe(2);
  await running.stop(5_000);
  expect(running.pid).toBeUndefined();
});

test('a program that ignores SIGTERM is killed after the limit', async () => {
  const { lines, output } = recorder();
  const source = "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1e6)";
  const running = keepRunning(script(source), output);
  await vi.waitFor(() => expect(lines).toEqual(['up']), 5_000);
  await running.stop(100);
  expect(lines.at(-1)).toBe('script did not stop in 0.1 s and is killed');
});

test('a program that cannot be run says why, and stops while it waits for its next start', async () => {
  const { output } = recorder();
  const running = keepRunning({ ...script(''), command: ['/no/such/program'] }, output);
  await vi.waitFor(() => expect(running.lastWords.join()).toContain('ENOENT'), 5_000);
  await running.stop(5_000);
  expect(running.starts).toBe(1);
});
