import { once } from 'node:events';
import { ConfigError } from '@slipstream/config';

/**
 * What every `main.ts` does: start, wait for SIGTERM or SIGINT, stop. A wrong setting ends the
 * process with one line and code 2, anything else that stops a start with its stack and code 1.
 */
export async function runService(start: () => Promise<AsyncDisposable>): Promise<void> {
  try {
    await using _service = await start();
    await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  } catch (error) {
    const known = error instanceof ConfigError;
    process.stderr.write(`${known ? error.message : String((error as Error).stack ?? error)}\n`);
    process.exitCode = known ? 2 : 1;
  }
}
