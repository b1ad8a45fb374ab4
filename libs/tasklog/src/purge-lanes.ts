import { type Category, finalStates, subjects } from '@slipstream/contracts';
import type { StoredMessage } from '@slipstream/jetstream';
import { chunks, idOf, type PurgeParts, writeEnds } from './purged.ts';

/**
 * Ends every task of a category that waits in a lane, and tells the steward. One that is released
 * meanwhile has its end in the log before it comes to a worker, which therefore does not run it.
 */
export async function purgeLanes(parts: PurgeParts, category: Category): Promise<number> {
  const { bus, projection } = parts;
  const { state } = await bus.manager.streams.info('LANES');
  if (state.messages === 0) return 0;
  const upToSeq = state.last_seq;
  const filter = subjects.laneFilter(category, '*');
  await projection.barrier();
  let purged = 0;
  for await (const chunk of chunks(bus, 'LANES', filter, 1)) {
    const held = chunk.filter(({ seq }) => seq <= upToSeq);
    const open = await notEnded(parts, held);
    await writeEnds(parts, category, open);
    purged += open.length;
    if (held.length < chunk.length) break;
  }
  await bus.manager.streams.purge('LANES', { filter, seq: upToSeq + 1 });
  bus.connection.publish(subjects.lanesPurged(category), String(upToSeq));
  return purged;
}

/** Without those that were ended in the queue a moment ago, on their way here. */
async function notEnded(
  { projection }: PurgeParts,
  held: readonly StoredMessage[],
): Promise<StoredMessage[]> {
  const rows = await Promise.all(held.map(({ subject }) => projection.ask('task', idOf(subject))));
  return held.filter((_message, index) => {
    const row = rows[index];
    return row === undefined || !finalStates.has(row.state);
  });
}
