import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that is killed and started again, as the supervisor of `npm start` does. */
export interface Victim extends AsyncDisposable {
  readonly name: string;
  /** Whether it has said that it is ready since it was started last. */
  readonly up: boolean;
  /** SIGKILL; resolves when it is gone. It is started again a quarter of a second later. */
  kill(): Promise<void>;
}

const RESTART_MS = 250;

/** Starts `tools/faults/<script>` with these arguments; resolves when it says that it is ready. */
export async function startVictim(
  name: string,
  script: string,
  args: (start: number) => readonly string[],
): Promise<Victim> {
  let starts = 0;
  let stopped = false;
  let up = false;
  let child: ChildProcess;
  const start = (): ChildProcess => {
    child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, script), ...args(starts)],
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
    starts += 1;
    child.once('message', () => {
      up = true;
    });
    child.once('exit', async () => {
      up = false;
      if (stopped) return;
      await sleep(RESTART_MS);
      if (!stopped) start();
    });
    return child;
  };
  const first = start();
  await Promise.race([
    once(first, 'message'),
    once(first, 'exit').then(() => Promise.reject(new Error(`${name} does not start`))),
  ]);
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return {
    name,
    get up() {
      return up;
    },
    kill: end,
    async [Symbol.asyncDispose]() {
      stopped = true;
      await end();
    },
  };
}
