import { isFinal, type TaskEvent } from '@slipstream/contracts';
import type { TaskRow } from './task-row.ts';

/** When, by whom, as which attempt; and whether an end of it is known. */
type Start = [startedAt: string, worker: string, attempt: number, ended: boolean];

/** Starts remembered of one run; crashes before them are forgotten. */
const MAX_STARTS = 20;

/** Notes a start, or that one has ended other than by a crash. In any order, twice or once. */
export function noteStart(row: TaskRow, event: TaskEvent): void {
  if (!('attempt' in event) || isFinal(event)) return;
  const ended = event.type !== 'started';
  const startedAt = event.type === 'started' ? event.at : event.startedAt;
  const starts = JSON.parse(row.starts) as Start[];
  const { worker, attempt } = event;
  const known = starts.find(([at, by, number]) => {
    return at === startedAt && by === worker && number === attempt;
  });
  if (known) known[3] ||= ended;
  else starts.push([startedAt, worker, attempt, ended]);
  starts.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  row.starts = JSON.stringify(starts.slice(-MAX_STARTS));
}

/**
 * Starts of the run without an end: their workers crashed. Retries, waits and give-backs are ends,
 * so neither attempts nor snoozes count. The start that goes on at this moment counts too.
 */
export const crashesOf = ({ starts }: TaskRow): number =>
  (JSON.parse(starts) as Start[]).filter(([, , , ended]) => !ended).length;

const keyOf = ([at, worker, attempt]: Start): string => `${at} ${worker} ${attempt}`;
