import { setTimeout as sleep } from 'node:timers/promises';
import { type Category, type Priority, priorities, subjects } from '@slipstream/contracts';
import {
  consumerName,
  deleteMessages,
  type StoredMessage,
  taskStream,
} from '@slipstream/jetstream';
import { purgeLanes } from './purge-lanes.ts';
import { chunks, idOf, type PurgeParts, writeEnds } from './purged.ts';
import { CHECK_HEADER } from './submit.ts';

/** The hand-over is held for so long at most, should we die in between. */
const HOLD_MS = 60_000;
/** A run that goes on for longer has told the log that it started. */
const ANNOUNCED_MS = 150;

/**
 * Ends every task of a category that waits in its queue or in a lane as `cancelled`, with code
 * `purged`, and resolves with their number. What runs, waits for its retry, or is scheduled goes on.
 * First the log, then the queue: a purge that breaks off may be repeated. Lanes first, for what
 * leaves the queue makes room for them, and once more for what was on its way into one.
 */
export async function purgeQueue(parts: PurgeParts, category: Category): Promise<number> {
  let purged = await purgeLanes(parts, category);
  await parts.projection.barrier();
  const { state } = await parts.bus.manager.streams.info(taskStream(category));
  for (const priority of priorities) {
    purged += await purgePriority(parts, category, priority, state.last_seq);
  }
  return purged + (await purgeLanes(parts, category));
}

async function purgePriority(
  parts: PurgeParts,
  category: Category,
  priority: Priority,
  upToSeq: number,
): Promise<number> {
  const { manager } = parts.bus;
  const stream = taskStream(category);
  const consumer = consumerName(priorities.indexOf(priority));
  const filter = subjects.taskFilter(category, priority);
  const before = await manager.consumers.info(stream, consumer);
  if (before.num_pending === 0 && before.num_ack_pending === 0) return 0;
  if (!before.paused)
    await manager.consumers.pause(stream, consumer, new Date(Date.now() + HOLD_MS));
  try {
    const held = await manager.consumers.info(stream, consumer);
    const handedOver = held.delivered.stream_seq;
    const none = held.num_ack_pending === 0;
    if (!none) await settled(parts);
    let purged = 0;
    for await (const chunk of chunks(parts.bus, stream, filter, none ? handedOver + 1 : 1)) {
      const waiting = await notStarted(parts, chunk, handedOver);
      const ended = waiting.filter(({ seq }) => seq <= upToSeq);
      await writeEnds(parts, category, ended);
      if (!none) {
        await deleteMessages(
          parts.bus,
          stream,
          ended.map(({ seq }) => seq),
        );
      }
      purged += ended.length;
      if ((chunk.at(-1)?.seq ?? 0) >= upToSeq) break;
    }
    // Nothing is in anybody's hands: one request for all.
    if (none) await manager.streams.purge(stream, { filter, seq: upToSeq + 1 });
    return purged;
  } finally {
    if (!before.paused) await manager.consumers.resume(stream, consumer);
  }
}

/** Waits until the log knows of everything that runs. */
async function settled({ projection }: PurgeParts): Promise<void> {
  await sleep(ANNOUNCED_MS);
  await projection.barrier();
}

/**
 * Without those that were handed over and run, or wait for a retry or for children, and those that
 * have left a lane and were ended there.
 */
async function notStarted(
  { projection }: PurgeParts,
  chunk: readonly StoredMessage[],
  handedOver: number,
): Promise<StoredMessage[]> {
  const states = await Promise.all(
    chunk.map(async ({ seq, subject, header }) => {
      if (seq > handedOver && !header(CHECK_HEADER)) return 'queued';
      const row = await projection.ask('task', idOf(subject));
      // One that the log does not know yet, and that nobody was given, waits.
      return row?.state ?? (seq > handedOver ? 'queued' : undefined);
    }),
  );
  return chunk.filter((_message, index) => states[index] === 'queued');
}
