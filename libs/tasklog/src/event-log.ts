import type { Category, TaskEvent } from '@slipstream/contracts';
import { subjects } from '@slipstream/contracts';
import type { Bus } from '@slipstream/jetstream';
import { eventText } from './event-text.ts';

export interface EventLog {
  /** Resolves with the sequence of the message that holds the event, when it is stored. */
  append(event: TaskEvent): Promise<number>;
  /**
   * Appends an event that nobody waits for: it shares the next message, which leaves within 5 ms.
   * One that cannot be stored is told to `onLost`.
   */
  appendSoon(event: TaskEvent): void;
  /** Waits until everything appended so far was stored or refused. */
  flush(): Promise<void>;
}

/** A message is closed at this many events or bytes, whichever comes first. */
const MAX_EVENTS = 64;
const MAX_BYTES = 256 * 1_024;
/** Full messages of one category on their way at once; one that is not full goes alone. */
const MAX_IN_FLIGHT = 4;
/** Entries that have left are kept this long: to close the gap behind each message copies all that wait. */
const MAX_GONE = 4_096;
/** How long an event that nobody waits for may wait for company. */
const LINGER_MS = 5;

interface Entry {
  readonly text: string;
  readonly resolve?: (seq: number) => void;
  readonly reject: (error: unknown) => void;
}

export interface EventLogOptions {
  /** Told of an event that nobody waits for and that could not be stored: the reconciler will miss it. */
  readonly onLost?: (error: unknown) => void;
}

/**
 * Appends events in groups: what arrives while a message is on its way shares the next one. A
 * repeat after a lost answer may store a group twice; readers merge, so that changes nothing.
 */
export function createEventLog(bus: Bus, { onLost = () => {} }: EventLogOptions = {}): EventLog {
  const lanes = new Map<Category, ReturnType<typeof createLane>>();
  const laneOf = (category: Category) => {
    let lane = lanes.get(category);
    if (!lane) {
      lane = createLane(bus, subjects.events(category));
      lanes.set(category, lane);
    }
    return lane;
  };
  const textOf = (event: TaskEvent) => eventText(event, bus.connection.info?.max_payload);
  return {
    append: async (event) => laneOf(event.category).append(textOf(event)),
    appendSoon(event) {
      try {
        laneOf(event.category).appendSoon({ text: textOf(event), reject: onLost });
      } catch (error) {
        onLost(error);
      }
    },
    flush: async () => {
      await Promise.allSettled([...lanes.values()].map((lane) => lane.idle()));
    },
  };
}

function createLane(bus: Bus, subject: string) {
  let entries: Entry[] = [];
  /** Of the entries, those that have left. */
  let gone = 0;
  const inFlight = new Set<Promise<void>>();
  let scheduled = false;
  let linger: NodeJS.Timeout | undefined;

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    bus.soon(sendWaiting);
  }

  function sendWaiting(): void {
    scheduled = false;
    clearTimeout(linger);
    linger = undefined;
    while (waiting() > 0 && inFlight.size < room()) send(takeGroup());
  }

  const waiting = (): number => entries.length - gone;
  const room = (): number => (waiting() >= MAX_EVENTS ? MAX_IN_FLIGHT : 1);

  function takeGroup(): Entry[] {
    let bytes = 0;
    let count = 0;
    while (count < waiting() && count < MAX_EVENTS) {
      bytes += entries[gone + count]?.text.length ?? 0;
      // A large one goes alone: beside others it might not fit.
      if (count > 0 && bytes > MAX_BYTES) break;
      count += 1;
    }
    const group = entries.slice(gone, gone + count);
    gone += count;
    if (waiting() === 0 || gone > MAX_GONE) {
      entries = entries.slice(gone);
      gone = 0;
    }
    return group;
  }

  function send(group: readonly Entry[]): void {
    const body = `[${group.map(({ text }) => text).join(',')}]`;
    const sending = bus.publisher
      .publishSurely(subject, body)
      .then(
        ({ seq }) => {
          for (const { resolve } of group) resolve?.(seq);
        },
        (error: unknown) => {
          for (const { reject } of group) reject(error);
        },
      )
      .finally(() => {
        inFlight.delete(sending);
        if (waiting() > 0 && !linger) schedule();
      });
    inFlight.add(sending);
  }

  return {
    append: (text: string) =>
      new Promise<number>((resolve, reject) => {
        entries.push({ text, resolve, reject });
        schedule();
      }),
    appendSoon(entry: Entry): void {
      entries.push(entry);
      if (waiting() >= MAX_EVENTS) schedule();
      else linger ??= setTimeout(sendWaiting, LINGER_MS);
    },
    async idle(): Promise<void> {
      sendWaiting();
      while (waiting() > 0 || inFlight.size > 0) await Promise.allSettled([...inFlight]);
    },
  };
}
