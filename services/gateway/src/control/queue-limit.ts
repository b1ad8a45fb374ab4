import type { Category } from '@slipstream/contracts';
import { type Bus, taskStream } from '@slipstream/jetstream';
import type { PoolControls } from '@slipstream/worker';

/** Of what a stream holds, the share that public submits may fill; retries and children have the rest. */
const PUBLIC_SHARE = 0.9;

export interface QueueLimit {
  /** Tasks in the stream: waiting, in hand, or waiting for a short retry. */
  readonly queued: number;
  /** At this many a public submit meets the overflow policy. */
  readonly maxQueued: number;
}

/** The most that `maxQueued` may be: nine tenths of what the stream was provisioned for. */
export const highestMaxQueued = (maxMessages: number): number =>
  maxMessages > 0 ? Math.max(1, Math.floor(maxMessages * PUBLIC_SHARE)) : Number.MAX_SAFE_INTEGER;

/** How full a queue is, asked from the leader of its stream. */
export async function readQueueLimit(
  bus: Bus,
  category: Category,
  { maxQueued = Number.MAX_SAFE_INTEGER }: PoolControls,
): Promise<QueueLimit> {
  const { state, config } = await bus.manager.streams.info(taskStream(category));
  const highest = highestMaxQueued(config.max_msgs);
  return { queued: state.messages, maxQueued: Math.min(maxQueued, highest) };
}
