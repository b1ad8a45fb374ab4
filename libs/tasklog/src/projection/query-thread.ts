/** A thread of its own that answers questions, so that a slow one blocks nobody. */
import { parentPort, workerData } from 'node:worker_threads';
import { type QueryName, queries } from './queries.ts';
import { openForReading } from './schema.ts';

export interface Question {
  readonly number: number;
  readonly name: QueryName;
  readonly argument: unknown;
}

export interface Reply {
  readonly number: number;
  readonly value?: unknown;
  readonly error?: string;
}

const port = parentPort;
if (!port) throw new Error('query-thread.ts runs as a worker thread');
const db = openForReading((workerData as { file: string }).file);

port.on('message', ({ number, name, argument }: Question) => {
  try {
    const run = queries[name] as (on: typeof db, argument: unknown) => unknown;
    port.postMessage({ number, value: run(db, argument) } satisfies Reply);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    port.postMessage({ number, error: text } satisfies Reply);
  }
});
