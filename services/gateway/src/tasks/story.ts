import { finalStates, type Task, type TaskEvent } from '@slipstream/contracts';
import { type LoggedEvent, mergeEvent, newRow, type TaskRow, taskView } from '@slipstream/tasklog';
import { beginning, type Cursor, isAfter, type Place } from './cursor.ts';

/** An event of the log with its exact place. */
export interface PlacedEvent {
  readonly place: Place;
  readonly event: TaskEvent;
}

/** Gives each event of one task its place. Events must come message by message, each complete. */
export function createPlacer(): (logged: LoggedEvent) => PlacedEvent {
  let last: Place = beginning.events;
  return ({ seq, event }) => {
    last = { seq, nth: seq === last.seq ? last.nth + 1 : 1 };
    return { place: last, event };
  };
}

/** Within an attempt, as the projection merges them. */
const order: Readonly<Record<TaskEvent['type'], number>> = {
  submitted: 0,
  replayed: 0,
  parked: 0,
  released: 0,
  started: 1,
  'given-back': 1,
  progress: 1,
  waiting: 2,
  retrying: 3,
  succeeded: 9,
  failed: 9,
  cancelled: 9,
  discarded: 10,
};

/** In the order in which things happened; in the log a short task can end before it was submitted. */
export const inCausalOrder = (events: readonly PlacedEvent[]): PlacedEvent[] =>
  [...events].sort(
    ({ event: a }, { event: b }) =>
      a.run - b.run || attemptOf(a) - attemptOf(b) || order[a.type] - order[b.type],
  );

function attemptOf(event: TaskEvent): number {
  if (event.type === 'submitted' || event.type === 'replayed') return 0;
  if ('nextAttempt' in event) return event.nextAttempt;
  return 'attempt' in event ? event.attempt : Number.POSITIVE_INFINITY;
}

/** Folds the events of one task and tells what each of them changed. Holds how far the client is. */
export class Story {
  #row: TaskRow | undefined;
  #cursor: Cursor;

  constructor(from: Cursor) {
    this.#cursor = from;
  }

  get cursor(): Cursor {
    return this.#cursor;
  }

  /** Takes note of an event. Returns the task after it, when that is another state. */
  merge({ event, place }: PlacedEvent): Task | undefined {
    const row = this.#row ?? newRow(event);
    this.#row = row;
    const before = { ...row };
    mergeEvent(row, event, place.seq);
    const settled = row.run === before.run && finalStates.has(before.state);
    const moved = row.run !== before.run || row.state !== before.state || row.rank !== before.rank;
    return moved && !settled ? taskView(row) : undefined;
  }

  /** Whether the client has had this event. */
  knows = (place: Place): boolean => !isAfter(place, this.#cursor.events);

  passEvent(place: Place): void {
    if (!this.knows(place)) this.#cursor = { ...this.#cursor, events: place };
  }

  passLive(seq: number): void {
    this.#cursor = { ...this.#cursor, live: seq };
  }

  end(): void {
    this.#cursor = { ...this.#cursor, ended: true };
  }
}
