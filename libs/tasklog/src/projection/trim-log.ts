import type { Bus } from '@slipstream/jetstream';
import type { StoredSnapshot } from './store-snapshot.ts';

/**
 * Removes the messages of EVENTS that nobody will ask for: those before the oldest one of any task
 * that is kept, and in the snapshot before this one, so that whoever follows the log has had an
 * interval to read them. Resolves with the first sequence that is left.
 */
export async function trimLog(bus: Bus, { snapshot, oldestSeq }: StoredSnapshot): Promise<number> {
  const { state } = await bus.manager.streams.info('EVENTS');
  const needed = oldestSeq > 0 ? oldestSeq : snapshot.seq + 1;
  const first = Math.min(needed, (snapshot.previous?.seq ?? 0) + 1);
  if (first <= state.first_seq) return state.first_seq;
  await bus.manager.streams.purge('EVENTS', { seq: first });
  return first;
}
