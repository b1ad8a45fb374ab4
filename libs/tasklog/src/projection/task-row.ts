import {
  type EventType,
  finalStates,
  type TaskEvent,
  type TaskState,
  timeOfId,
} from '@slipstream/contracts';

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
  /** Sequences of the messages in EVENTS that hold its transitions, oldest first. */
  seqs: string;
}

/** Within an attempt. Finals absorb: the first of a run, by sequence, wins. */
const ranks: Readonly<Record<EventType, number>> = {
  submitted: 0,
  started: 1,
  progress: 1,
  waiting: 2,
  retrying: 3,
  succeeded: 9,
  failed: 9,
  cancelled: 9,
};

const states: Readonly<Partial<Record<EventType, TaskState>>> = {
  started: 'running',
  waiting: 'waiting',
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
  startedAt: null,
  finishedAt: null,
  runAt: null,
  worker: null,
  traceId: null,
  parentId: null,
  progress: null,
  children: null,
  flowSeq: 0,
  seqs: '',
});

/**
 * Merges an event into a row, in place. Events of one task may come in any order but for finals,
 * which must come by sequence; applying one twice changes nothing. Returns whether it was news.
 */
export function mergeEvent(row: TaskRow, event: TaskEvent, seq: number): boolean {
  if (event.run < row.run) return false;
  if (event.run > row.run) restart(row, event.run);
  if (event.type === 'submitted') identify(row, event);
  if (event.type === 'progress') return mergeProgress(row, event);

  const final = finalStates.has(row.state);
  const attempt = 'attempt' in event ? event.attempt : 0;
  const rank = attempt * 10 + ranks[event.type];
  if (event.type === 'retrying') noteAttempt(row, event);
  if (!final || event.type === 'submitted') noteSeq(row, seq);
  if (final || (ranks[event.type] < 9 && rank <= row.rank)) return false;
  row.rank = rank;
  row.state = states[event.type] ?? stateOfSubmitted(event);
  row.attempt = Math.max(row.attempt, attempt);
  applyDetails(row, event);
  return true;
}

function restart(row: TaskRow, run: number): void {
  Object.assign(row, { run, state: 'queued', rank: -1, attempt: 0, finishedAt: null, error: null });
  Object.assign(row, { result: null, resultRef: null, progress: null, children: null });
}

function identify(row: TaskRow, event: Extract<TaskEvent, { type: 'submitted' }>): void {
  const { task, traceparent, runAt } = event;
  row.kind = task.kind;
  row.priority = task.priority;
  row.maxAttempts = task.maxAttempts ?? null;
  row.tags = JSON.stringify(task.tags ?? []);
  row.createdAt = Date.parse(task.createdAt);
  row.parentId = task.parentId ?? null;
  row.traceId = traceparent?.slice(3, 35) ?? row.traceId;
  row.runAt = runAt ? Date.parse(runAt) : row.runAt;
}

function mergeProgress(row: TaskRow, event: Extract<TaskEvent, { type: 'progress' }>): boolean {
  if (finalStates.has(row.state)) return false;
  row.progress = JSON.stringify(event.progress);
  if (event.children) row.children = JSON.stringify(event.children);
  return true;
}

function applyDetails(row: TaskRow, event: TaskEvent): void {
  if ('flowSeq' in event && event.flowSeq) row.flowSeq = Math.max(row.flowSeq, event.flowSeq);
  if ('worker' in event) row.worker = event.worker;
  if ('kind' in event) row.kind = event.kind;
  if ('startedAt' in event) row.startedAt ??= Date.parse(event.startedAt);
  if (event.type === 'started') row.startedAt ??= Date.parse(event.at);
  if ('result' in event && event.result !== undefined) row.result = JSON.stringify(event.result);
  if ('resultRef' in event && event.resultRef) row.resultRef = event.resultRef;
  if ('error' in event) row.error = JSON.stringify(event.error);
  if ('children' in event && event.children) row.children = JSON.stringify(event.children);
  if (event.type === 'cancelled') {
    row.error = JSON.stringify({
      code: 'cancelled',
      message: event.reason ?? 'cancelled by a user',
    });
  }
  row.runAt = event.type === 'retrying' ? Date.parse(event.nextRunAt) : row.runAt;
  if (ranks[event.type] === 9) row.finishedAt = Date.parse(event.at);
  if (event.type === 'failed') noteAttempt(row, event);
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
  row.seqs = known.slice(-MAX_SEQS).join(',');
}

const stateOfSubmitted = (event: TaskEvent): TaskState =>
  event.type === 'submitted' && event.runAt ? 'scheduled' : 'queued';
