import type { DataLock } from './data-lock.ts';
import { keepRunning, type Running } from './keep-running.ts';
import type { Output } from './output.ts';
import type { Program } from './programs.ts';
import { explainUnready, waitUntilReady } from './readiness.ts';
import { runOnce } from './run-once.ts';

/** What a local system consists of, in the order of its start. */
export interface Parts {
  readonly nats: Program;
  readonly provision: Program;
  /** In the order in which they stop: the first one alone, then the others together. */
  readonly services: readonly Program[];
}

export interface LocalSystem extends AsyncDisposable {
  readonly running: readonly Running[];
  /** Resolves when every program is ready, however long it takes. */
  ready(): Promise<void>;
}

export interface StartOptions {
  readonly readyLimitMs?: number;
  readonly stopLimitMs?: number;
}

/**
 * Starts nats-server, makes the streams, starts the services, and keeps everything running. Disposal
 * stops it in order: the gateway takes no more work, then the workers, then nats-server. When the
 * signal aborts while it starts, it throws; what runs by then is stopped, as after any error.
 */
export async function startLocalSystem(
  { nats, provision, services }: Parts,
  output: Output,
  lock: Pick<DataLock, 'note'>,
  signal: AbortSignal,
  { readyLimitMs = 60_000, stopLimitMs = 20_000 }: StartOptions = {},
): Promise<LocalSystem> {
  const running: Running[] = [];
  const run = (program: Program): Running => {
    const one = keepRunning(program, output, (pid) => lock.note(program.name, pid));
    running.push(one);
    return one;
  };
  const system: LocalSystem = {
    running,
    ready: () => waitAndExplain(running, output, signal, readyLimitMs),
    async [Symbol.asyncDispose]() {
      const [server, entrance, ...workers] = running;
      await entrance?.stop(stopLimitMs);
      await Promise.all(workers.map((worker) => worker.stop(stopLimitMs)));
      await server?.stop(stopLimitMs);
    },
  };
  await using undo = new AsyncDisposableStack();
  undo.use(system);
  const server = run(nats);
  const ended = new AbortController();
  void server.firstEnding.then(() => ended.abort());
  try {
    const stopWaiting = AbortSignal.any([signal, ended.signal]);
    await waitAndExplain([server], output, stopWaiting, readyLimitMs);
  } catch (error) {
    signal.throwIfAborted();
    const words = server.lastWords.join('\n');
    throw new Error(`nats-server does not start:\n${words}`, { cause: error });
  }
  await runOnce(provision, output, signal);
  for (const program of services) run(program);
  undo.move();
  return system;
}

/** A program that takes longer than the limit is named, and waited for. */
async function waitAndExplain(
  running: readonly Running[],
  output: Output,
  signal: AbortSignal,
  limitMs: number,
): Promise<void> {
  const patience = setTimeout(() => {
    void explainUnready(running).then((text) => {
      if (text !== undefined)
        output.say('error', `not ready after ${limitMs / 1000} s, and still waiting:\n${text}`);
    });
  }, limitMs);
  try {
    await Promise.all(running.map((one) => waitUntilReady(one, signal)));
  } finally {
    clearTimeout(patience);
  }
}
