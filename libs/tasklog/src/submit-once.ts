import type { Bus } from '@slipstream/jetstream';
import type { EventLog } from './event-log.ts';
import type { Projection } from './projection/projection.ts';
import { type Submission, submit } from './submit.ts';

/** Publishes on their way at once. */
const AT_ONCE = 500;

export interface SubmitOnceOptions {
  /** Asked which of them have begun already; without it they are new for certain. */
  readonly projection?: Projection | undefined;
  /** Until then (by `performance.now()`) nobody else puts them into their queues. Default: never. */
  readonly aloneUntil?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called after each group, with how many are done. */
  readonly onGroup?: (done: number) => void;
}

/**
 * Submits tasks whose ids are known beforehand, until the log knows them too, and may be repeated at any time: one that waits in
 * its queue stays there, one that a worker has had is left alone. Rejects at the first that cannot
 * be stored, or when `signal` aborts; the rest is then for a repeat.
 */
export async function submitOnce(
  bus: Bus,
  log: EventLog,
  submissions: readonly (Submission & { readonly id: string })[],
  { projection, aloneUntil = 0, signal, onGroup }: SubmitOnceOptions = {},
): Promise<void> {
  for (let from = 0; from < submissions.length; from += AT_ONCE) {
    signal?.throwIfAborted();
    const group = submissions.slice(from, from + AT_ONCE);
    const begun = await begunOf(projection, group);
    const unseen = performance.now() < aloneUntil;
    await Promise.all(
      group.map((submission) =>
        begun.has(submission.id)
          ? undefined
          : submit(bus, log, { ...submission, unseen, logged: true }),
      ),
    );
    onGroup?.(from + group.length);
  }
}

async function begunOf(
  projection: Projection | undefined,
  group: readonly { readonly id: string }[],
): Promise<ReadonlySet<string>> {
  if (!projection) return new Set();
  // A task that has ended is out of its queue, and its end is in the log: so first read up to there.
  await projection.barrier();
  return new Set(await projection.ask('begun', JSON.stringify(group.map(({ id }) => id))));
}
