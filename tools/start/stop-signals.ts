import { killAllLaunched } from './launch.ts';
import type { Output } from './output.ts';

export interface StopRequest {
  /** Aborts at the first request. */
  readonly signal: AbortSignal;
  /** Resolves at the first request. */
  readonly requested: Promise<void>;
}

/** npm passes on the Ctrl-C that the terminal has sent to us too: one key, two signals. */
const ONE_KEY_MS = 500;

/**
 * Turns Ctrl-C, SIGTERM, a closed terminal and a closed output into one request to stop. A further
 * one, half a second later or more, kills what still runs and ends this process.
 */
export function stopOnSignals(output: Output): StopRequest {
  const abort = new AbortController();
  const { promise: requested, resolve } = Promise.withResolvers<void>();
  let firstAt: number | undefined;
  const request = (reason: string): void => {
    if (firstAt === undefined) {
      firstAt = performance.now();
      output.say('info', `${reason}: stopping in order, once more to stop at once`);
      abort.abort();
      resolve();
    } else if (performance.now() - firstAt > ONE_KEY_MS) {
      process.exit(130);
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => request(name));
  // A reader that went away (`npm start | head`) is no reason to leave processes behind.
  process.stdout.on('error', () => {
    if (firstAt === undefined) request('closed output');
  });
  process.on('exit', killAllLaunched);
  return { signal: abort.signal, requested };
}
