import type { TaskEvent } from '@slipstream/contracts';
import type { LoggedEvent } from './projection/row-store.ts';

/**
 * How many starts of a run have no end in the log: their workers crashed. Retries, waits and
 * give-backs are ends, so neither attempts nor snoozes count.
 */
export function crashesIn(history: readonly LoggedEvent[], run: number): number {
  const events = history.map(({ event }) => event).filter((event) => event.run === run);
  const started = new Set<string>();
  for (const event of events) if (event.type === 'started') started.add(keyOf(event, event.at));
  for (const event of events)
    if ('startedAt' in event) started.delete(keyOf(event, event.startedAt));
  return started.size;
}

const keyOf = (event: Extract<TaskEvent, { attempt: number }>, startedAt: string): string =>
  `${event.attempt} ${event.worker} ${startedAt}`;
