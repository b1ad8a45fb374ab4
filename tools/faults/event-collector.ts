import type { TaskEvent } from '@slipstream/contracts';
import { isFinal } from '@slipstream/contracts';
import { type Bus, followStream } from '@slipstream/jetstream';

export interface EventCollector extends AsyncDisposable {
  /** Every event so far, in the order of the log. */
  readonly events: readonly TaskEvent[];
  /** Resolves when the log holds an end of this task. */
  ended(id: string): Promise<void>;
}

/** Follows the log from its beginning and keeps all of it, beside any projection. */
export function collectEvents(bus: Bus): EventCollector {
  const stop = new AbortController();
  const events: TaskEvent[] = [];
  const finished = new Set<string>();
  const waiting = new Map<string, PromiseWithResolvers<void>>();
  const following = (async () => {
    for await (const message of followStream(bus, 'EVENTS', { signal: stop.signal })) {
      for (const event of JSON.parse(message.string()) as TaskEvent[]) {
        events.push(event);
        if (!isFinal(event)) continue;
        finished.add(event.id);
        waiting.get(event.id)?.resolve();
        waiting.delete(event.id);
      }
    }
  })();
  return {
    events,
    async ended(id) {
      if (finished.has(id)) return;
      const known = waiting.get(id) ?? Promise.withResolvers<void>();
      waiting.set(id, known);
      await known.promise;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await following;
    },
  };
}
