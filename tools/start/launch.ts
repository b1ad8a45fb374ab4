import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Program } from './programs.ts';

/** How a process ended: `exit code 1`, `SIGKILL`, `spawn nats-server ENOENT`. */
export type Ending = { readonly ok: boolean; readonly how: string };

export type Stream = 'stdout' | 'stderr';

export interface Launched {
  /** Undefined when it could not be run. */
  readonly pid: number | undefined;
  readonly ended: Promise<Ending>;
  /** To the process; SIGKILL to everything that it started too. */
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
}

const alive = new Set<ChildProcess>();

/** SIGKILL to every process that was launched and everything that it started: the last resort. */
export function killAllLaunched(): void {
  for (const child of alive) send(child, 'SIGKILL');
}

/**
 * Runs a program in a process group of its own, so that Ctrl-C in the terminal reaches us alone and
 * we can stop the programs in their order.
 */
export function launch(program: Program, onLine: (text: string, stream: Stream) => void): Launched {
  const [file, ...args] = program.command;
  const child = spawn(file, args, {
    cwd: program.cwd,
    env: program.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  for (const stream of ['stdout', 'stderr'] as const)
    createInterface({ input: child[stream] }).on('line', (text) => onLine(text, stream));
  return { pid: child.pid, ended: ending(child), signal: (name) => send(child, name) };
}

function ending(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ ok: false, how: error.message }));
    child.once('exit', (code, signal) =>
      resolve({ ok: code === 0, how: signal ?? `exit code ${code}` }),
    );
  });
}

function send(child: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (name === 'SIGTERM' || process.platform === 'win32') child.kill(name);
  else process.kill(-child.pid, name);
}
