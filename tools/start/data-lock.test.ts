import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockDataDir } from './data-lock.ts';

/** A data folder and processes that live as long as the test. */
async function scene() {
  const dataDir = await mkdtemp(join(tmpdir(), 'data-'));
  const processes: ChildProcess[] = [];
  return {
    dataDir,
    async idle() {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
      processes.push(child);
      await once(child, 'spawn');
      return { child, pid: child.pid ?? 0 };
    },
    async [Symbol.asyncDispose]() {
      for (const child of processes) child.kill('SIGKILL');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

test('a folder that another living start has is refused', async () => {
  await using at = await scene();
  const { pid } = await at.idle();
  await using _lock = await lockDataDir(at.dataDir, pid);
  await expect(lockDataDir(at.dataDir)).rejects.toThrow(
    `${at.dataDir} is in use by process ${pid}`,
  );
});

test('a folder is free again after the lock is given back', async () => {
  await using at = await scene();
  const { pid } = await at.idle();
  await (await lockDataDir(at.dataDir, pid))[Symbol.asyncDispose]();
  await using lock = await lockDataDir(at.dataDir);
  expect(lock.leftovers).toEqual([]);
});

test('what a killed start has left behind is stopped', async () => {
  await using at = await scene();
  const owner = await at.idle();
  const left = await at.idle();
  const first = await lockDataDir(at.dataDir, owner.pid);
  first.note('nats-server', left.pid);
  const ownerGone = once(owner.child, 'exit');
  owner.child.kill('SIGKILL');
  await ownerGone;
  const leftGone = once(left.child, 'exit');
  await using lock = await lockDataDir(at.dataDir);
  expect(lock.leftovers).toEqual(['nats-server']);
  expect(await leftGone).toEqual([null, 'SIGTERM']);
});
