import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that is remembered beyond our own life: its number alone may be given away again. */
export interface KnownProcess {
  readonly pid: number;
  readonly commandLine: string;
}

const STOP_LIMIT_MS = 10_000;
const POLL_MS = 50;

/** Undefined when there is no such process (any more). */
export function identify(pid: number): KnownProcess | undefined {
  const commandLine = commandLineOf(pid);
  return commandLine === '' ? undefined : { pid, commandLine };
}

export function isStillRunning({ pid, commandLine }: KnownProcess): boolean {
  return commandLineOf(pid) === commandLine;
}

/** SIGTERM, then SIGKILL after 10 s. Resolves when it is gone. */
export async function stopKnown(known: KnownProcess): Promise<void> {
  if (!isStillRunning(known)) return;
  process.kill(known.pid, 'SIGTERM');
  for (let waited = 0; isStillRunning(known); waited += POLL_MS) {
    if (waited === STOP_LIMIT_MS) process.kill(known.pid, 'SIGKILL');
    await sleep(POLL_MS);
  }
}

function commandLineOf(pid: number): string {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return ''; // no such process
  }
}
