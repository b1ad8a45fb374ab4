/**
 * How far a client has read the story of a task, which lies in two streams. As text
 * `<place in EVENTS>:<sequence in LIVE>`, with `:end` when the result was sent.
 */
export interface Cursor {
  readonly events: Place;
  /** Sequence of the last message of LIVE. */
  readonly live: number;
  readonly ended: boolean;
}

/** An event of a task: the sequence of its message, and which of the task's events in it, from 1. */
export interface Place {
  readonly seq: number;
  readonly nth: number;
}

export const beginning: Cursor = { events: { seq: 0, nth: 0 }, live: 0, ended: false };

export function formatCursor({ events: { seq, nth }, live, ended }: Cursor): string {
  return `${seq}${nth > 1 ? `.${nth}` : ''}:${live}${ended ? ':end' : ''}`;
}

/** From the beginning, when it is not a cursor of ours. */
export function parseCursor(text: string | undefined): Cursor {
  const match = /^(\d{1,15})(?:\.(\d{1,6}))?:(\d{1,15})(:end)?$/.exec(text ?? '');
  const [, seq, nth = '1', live, end] = match ?? [];
  if (seq === undefined || live === undefined) return beginning;
  return {
    events: { seq: Number(seq), nth: Number(nth) },
    live: Number(live),
    ended: end !== undefined,
  };
}

export const isAfter = (a: Place, b: Place): boolean =>
  a.seq > b.seq || (a.seq === b.seq && a.nth > b.nth);
