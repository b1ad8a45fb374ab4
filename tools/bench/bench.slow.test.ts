import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findRedisServer } from '../start/redis-binary.mjs';

test('a quick run of one measurement ends with its figures', { timeout: 180_000 }, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'bench-test-'));
  await using _cleanup = {
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
  const cache = join(import.meta.dirname, '../../.cache');
  const { binary } = await findRedisServer(cache, process.env);
  const json = join(dir, 'bench.json');
  const script = join(import.meta.dirname, 'bench.ts');
  const bench = spawn(process.execPath, [script, '--quick', '--only', 'addOne', '--json', json], {
    env: { ...process.env, SLIPSTREAM_REDIS_SERVER: binary },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  bench.stdout.on('data', (part) => {
    output += String(part);
  });
  const [code] = await once(bench, 'close');
  expect(code).toBe(0);
  expect(output).toMatch(/\| add one at a time, tasks\/s \| [\d,]+ \| [\d,]+ \|/);
  const { figures, machine } = JSON.parse(await readFile(json, 'utf8'));
  expect(figures).toEqual({ addOneRatio: expect.any(Number) });
  expect(figures.addOneRatio).toBeGreaterThan(0);
  expect(machine).toMatchObject({ rounds: 1, quick: true });
});
