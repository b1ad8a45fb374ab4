import {
  type EventType,
  finalStates,
  type TaskEvent,
  type TaskState,
  timeOfId,
} from '@slipstream/contracts';
import { noteStart } from './starts.ts';

/** A task as the projection keeps it: flat, times in milliseconds, JSON as text. */
export interface TaskRow {
  id: string;
  run: number;
  kind: string;
  category: string;
  priority: string;
  state: TaskState;
  /** How far the run is: attempt and rank of the last transition in one number. */
  rank: number;
  attempt: number;
  maxAttempts: number | null;
  result: string | null;
  resultRef: string | null;
  error: string | null;
  /** Attempts that did not succeed, oldest first. */
  attempts: string;
  tags: string;
  createdAt: number;
  /** Since when this run waits: submitted, or put back by a user. */
  queuedAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  runAt: number | null;
  worker: string | null;
  traceId: string | null;
  parentId: string | null;
  progress: string | null;
  children: string | null;
  /** Last sequence in FLOWS that the task appended. */
  flowSeq: number;
  /** Starts of the run and whether they have ended; see `starts.ts`. */
  starts: string;
  /** Time of the latest event. */
  touchedAt: number;
  /** Sequences of the messages in EVENTS that hold its transitions, oldest first. */
  seqs: string;
  /** Sequence of the message that holds the task as it was submitted or, later, replayed. */
  sourceSeq: number;
  /** 1: the failure of this run is no longer among the dead letters. */
  discarded: number;
  /** See `TaskMessage`. */
  idem: string | null;
  /** A `Webhook` as JSON, with its secret. */
  webhook: string | null;
}

/** What statistics need of a task that has ended. */
export type EndedRow = Pick<
  TaskRow,
  'kind' | 'category' | 'priority' | 'state' | 'queuedAt' | 'startedAt' | 'finishedAt'
>;

/** Within an attempt. Final events have no rank: the first of a run, by sequence, wins. */
const ranks: Readonly<Partial<Record<EventType, number>>> = {
  submitted: 0,
  replayed: 0,
  parked: 0,
  released: 0,
  started: 1,
  waiting: 2,
  retrying: 3,
};

const states: Readonly<Partial<Record<EventType, TaskState>>> = {
  replayed: 'queued',
  started: 'running',
  waiting: 'waiting',
  parked: 'waiting',
  released: 'queued',
  retrying: 'retrying',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** Most sequences and attempts remembered in a row; a task that goes on for ever stays small. */
const MAX_SEQS = 200;

export const newRow = (event: TaskEvent): TaskRow => ({
  id: event.id,
  run: event.run,
  kind: 'kind' in event ? event.kind : '',
  category: event.category,
  priority: 'normal',
  state: 'queued',
  rank: -1,
  attempt: 0,
  maxAttempts: null,
  result: null,
  resultRef: null,
  error: null,
  attempts: '[]',
  tags: '[]',
  createdAt: timeOfId(event.id),
  queuedAt: timeOfId(event.id),
  startedAt: null,
  finishedAt: null,
  runAt: null,
  worker: null,
  traceId: null,
  parentId: null,
  progress: null,
  children: null,
  flowSeq: 0,
  starts: '[]',
  touchedAt: 0,
  seqs: '',
  sourceSeq: 0,
  discarded: 0,
  idem: null,
  webhook: null,
});

/**
 * Merges an event into a row, in place. Events of one task may come in any order but for finals,
 * which must come by sequence; applying one twice changes nothing.
 */
export function mergeEvent(row: TaskRow, event: TaskEvent, seq: number): void {
  if (event.run < row.run) {
    mergeOlderRun(row, event, seq);
    return;
  }
  if (event.run > row.run) restart(row, event.run);
  row.touchedAt = Math.max(row.touchedAt, Date.parse(event.at));
  noteStart(row, event);
  if (event.type === 'given-back') {
    if (!finalStates.has(row.state)) noteSeq(row, seq);
    return;
  }
  if (event.type === 'progress') {
    mergeProgress(row, event);
    return;
  }
  if (event.type === 'discarded') {
    row.discarded = 1;
    return;
  }
  if (event.type === 'submitted' || event.type === 'replayed') identify(row, event, seq);
  if (event.type === 'retrying' || event.type === 'failed') noteAttempt(row, event);
  noteFacts(row, event);
  const rank = ranks[event.type];
  if (rank === undefined) end(row, event, seq);
  else advance(row, event, rank, seq);
}

/** Of a run that is over only its attempts and its story count; a zombie's outcome ends nothing. */
function mergeOlderRun(row: TaskRow, event: TaskEvent, seq: number): void {
  if (event.type === 'retrying' || event.type === 'failed') noteAttempt(row, event);
  if (event.type === 'submitted' || event.type === 'replayed') noteSeq(row, seq);
}

/** What is true of the run whichever event comes last. */
function noteFacts(row: TaskRow, event: TaskEvent): void {
  if ('kind' in event) row.kind = event.kind;
  if ('attempt' in event) row.attempt = Math.max(row.attempt, event.attempt);
  if ('flowSeq' in event && event.flowSeq) row.flowSeq = Math.max(row.flowSeq, event.flowSeq);
  const started = 'startedAt' in event ? event.startedAt : event.type === 'started' ? event.at : '';
  if (started) row.startedAt = Math.min(row.startedAt ?? Infinity, Date.parse(started));
}

/** A step of the run: the one that is furthest decides. */
function advance(row: TaskRow, event: TaskEvent, rankInAttempt: number, seq: number): void {
  const final = finalStates.has(row.state);
  if (!final || event.type === 'submitted' || event.type === 'replayed') noteSeq(row, seq);
  const rank = attemptOf(event) * 10 + rankInAttempt;
  if (rank <= row.rank) return;
  row.rank = rank;
  if (final) {
    if ('worker' in event) row.worker ??= event.worker;
    return;
  }
  row.state = states[event.type] ?? stateOfSubmitted(event);
  if ('worker' in event) row.worker = event.worker;
  if (event.type === 'submitted' && event.runAt) row.runAt = Date.parse(event.runAt);
  if (event.type === 'retrying') row.runAt = Date.parse(event.nextRunAt);
  if (event.type === 'waiting') keepResult(row, event);
  row.error = event.type === 'retrying' ? JSON.stringify(event.error) : null;
}

function end(row: TaskRow, event: TaskEvent, seq: number): void {
  if (finalStates.has(row.state)) return;
  noteSeq(row, seq);
  row.state = states[event.type] ?? row.state;
  row.finishedAt = Date.parse(event.at);
  row.error = null;
  row.runAt = null;
  if ('worker' in event) row.worker = event.worker;
  if ('children' in event && event.children) {
    const { total } = event.children;
    row.children = JSON.stringify(event.children);
    row.progress = JSON.stringify({ done: total, total });
  }
  if (event.type === 'succeeded') keepResult(row, event);
  if (event.type === 'failed') row.error = JSON.stringify(event.error);
  if (event.type === 'cancelled') {
    const message = event.reason ?? 'cancelled by a user';
    row.error = JSON.stringify({ code: event.code ?? 'cancelled', message });
  }
}

function keepResult(row: TaskRow, event: Extract<TaskEvent, { type: 'waiting' | 'succeeded' }>) {
  // What a parent ends with takes the place of what it waited with.
  const { result, resultRef } = event;
  if (result === undefined && resultRef === undefined) return;
  row.result = result === undefined ? null : JSON.stringify(result);
  row.resultRef = resultRef ?? null;
}

function restart(row: TaskRow, run: number): void {
  Object.assign(row, { run, state: 'queued', rank: -1, attempt: 0, finishedAt: null, error: null });
  Object.assign(row, { startedAt: null, worker: null, runAt: null, starts: '[]' });
  Object.assign(row, {
    discarded: 0,
    result: null,
    resultRef: null,
    progress: null,
    children: null,
  });
}

function identify(
  row: TaskRow,
  event: Extract<TaskEvent, { type: 'submitted' | 'replayed' }>,
  seq: number,
): void {
  const { task, traceparent } = event;
  row.sourceSeq = seq;
  row.kind = task.kind;
  row.priority = task.priority;
  row.maxAttempts = task.maxAttempts ?? null;
  row.tags = JSON.stringify(task.tags ?? []);
  row.createdAt = Date.parse(task.createdAt);
  row.queuedAt = event.type === 'replayed' ? Date.parse(event.at) : row.createdAt;
  row.parentId = task.parentId ?? null;
  row.idem = task.idem ?? null;
  row.webhook = task.webhook ? JSON.stringify(task.webhook) : null;
  row.traceId = traceparent?.slice(3, 35) ?? row.traceId;
}

function mergeProgress(row: TaskRow, event: Extract<TaskEvent, { type: 'progress' }>): void {
  if (finalStates.has(row.state)) return;
  row.progress = JSON.stringify(event.progress);
  if (event.children) row.children = JSON.stringify(event.children);
}

function noteAttempt(
  row: TaskRow,
  event: Extract<TaskEvent, { type: 'retrying' | 'failed' }>,
): void {
  const attempts = JSON.parse(row.attempts) as { run: number; attempt: number }[];
  if (attempts.some(({ run, attempt }) => run === event.run && attempt === event.attempt)) return;
  const { run, attempt, at, worker, error } = event;
  attempts.push({ run, attempt, at, worker, ...error } as (typeof attempts)[number]);
  attempts.sort((a, b) => a.run - b.run || a.attempt - b.attempt);
  row.attempts = JSON.stringify(attempts.slice(-MAX_SEQS));
}

function noteSeq(row: TaskRow, seq: number): void {
  const known = row.seqs === '' ? [] : row.seqs.split(',');
  if (known.includes(String(seq))) return;
  known.push(String(seq));
  if (known.length > 1) known.sort((a, b) => Number(a) - Number(b));
  // The oldest is kept: it is `submitted`, from which a lost task is made again.
  if (known.length > MAX_SEQS) known.splice(1, known.length - MAX_SEQS);
  row.seqs = known.join(',');
}

/** Whether it waits in a lane, held by a limit, and not for its children. */
export const isParked = ({ state, rank }: TaskRow): boolean =>
  state === 'waiting' && !Number.isInteger(rank);

/** Waiting in a lane comes before the attempt it waits for; a later generation is further. */
function attemptOf(event: TaskEvent): number {
  if ('nextAttempt' in event) return event.nextAttempt + (1 - 1 / event.gen) / 10;
  return 'attempt' in event ? event.attempt : 0;
}

const stateOfSubmitted = (event: TaskEvent): TaskState =>
  event.type === 'submitted' && event.runAt ? 'scheduled' : 'queued';
