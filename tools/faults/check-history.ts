import { type EventOf, isFinal, type TaskEvent } from '@slipstream/contracts';

/** A line that a handler wrote itself, beside the log. */
export interface Execution {
  readonly id: string;
  readonly run: number;
  readonly gen: number;
  readonly attempt: number;
  readonly worker: string;
  readonly phase: 'start' | 'end';
}

/** How a reader of the log says that a run has ended. */
export interface Reading {
  readonly id: string;
  readonly run: number;
  readonly state: string;
}

export interface History {
  /** Tasks whose submit was answered. */
  readonly accepted: readonly string[];
  /** Ids that may appear besides: of children. */
  readonly children: readonly string[];
  /** The whole log, in its order. */
  readonly events: readonly TaskEvent[];
  readonly executions: readonly Execution[];
  /** What other readers of the log, each by itself, take for the outcome. */
  readonly readings: readonly Reading[];
}

export interface Verdict {
  /** Tasks and children without an end. */
  readonly lost: readonly string[];
  /** Runs for which two readers see two outcomes: an end that was not the only one that counted. */
  readonly doublyCompleted: readonly string[];
  readonly illegalTransitions: readonly string[];
  /** Ends that came after the first one and changed nothing. */
  readonly repeatedFinals: number;
  /** Runs of a handler for an attempt that had run before: at least once, not exactly once. */
  readonly rerunAttempts: number;
}

type Final = EventOf<'succeeded' | 'failed' | 'cancelled'>;

/** Judges what happened to every task. Pure: all evidence comes in, nothing is asked. */
export function checkHistory(history: History): Verdict {
  const byId = Map.groupBy(history.events, ({ id }) => id);
  const expected = new Set([...history.accepted, ...history.children]);
  const finals = firstFinals(history.events);
  const lost = [...expected].filter((id) => {
    const events = byId.get(id) ?? [];
    const run = Math.max(1, ...events.map((event) => event.run));
    return !finals.has(`${id} ${run}`);
  });
  const ran = new Set(history.executions.map(executionKey));
  const illegalTransitions = [...byId].flatMap(([id, events]) => [
    ...(expected.has(id) ? [] : [`${id}: nobody submitted it`]),
    ...mistakesIn(events, ran).map((mistake) => `${id}: ${mistake}`),
  ]);
  const starts = history.executions.filter(({ phase }) => phase === 'start');
  const attempts = new Set(starts.map(({ id, run, attempt }) => `${id} ${run} ${attempt}`));
  return {
    lost,
    doublyCompleted: contradicted(history.readings, finals),
    illegalTransitions,
    repeatedFinals: history.events.filter(isFinal).length - finals.size,
    rerunAttempts: starts.length - attempts.size,
  };
}

function firstFinals(events: readonly TaskEvent[]): Map<string, Final> {
  const finals = new Map<string, Final>();
  for (const event of events) {
    const key = `${event.id} ${event.run}`;
    if (isFinal(event) && !finals.has(key)) finals.set(key, event);
  }
  return finals;
}

const contradicted = (readings: readonly Reading[], finals: ReadonlyMap<string, Final>) => {
  const wrong = readings.filter(({ id, run, state }) => finals.get(`${id} ${run}`)?.type !== state);
  return [...new Set(wrong.map(({ id, run }) => `${id} ${run}`))];
};

const executionKey = ({ id, run, attempt, worker }: Omit<Execution, 'gen' | 'phase'>): string =>
  `${id} ${run} ${attempt} ${worker}`;

/** What cannot have happened to one task, whatever crashed meanwhile. */
function mistakesIn(events: readonly TaskEvent[], ran: ReadonlySet<string>): string[] {
  const mistakes: string[] = [];
  const submitted = events.find((event) => event.type === 'submitted');
  if (!submitted) mistakes.push('it was never submitted');
  const maxAttempts = submitted?.task.maxAttempts ?? Number.POSITIVE_INFINITY;
  const ended = new Set<number>();
  const retried = new Set<string>();
  for (const event of events) {
    const { run } = event;
    if (run > 1 && !ended.has(run - 1))
      mistakes.push(`run ${run} began before the one before ended`);
    if ('attempt' in event) {
      const { type, attempt } = event;
      if (attempt > maxAttempts) mistakes.push(`attempt ${attempt} of ${maxAttempts}`);
      if (attempt > 1 && !retried.has(`${run} ${attempt - 1}`))
        mistakes.push(`attempt ${attempt} without a retry of attempt ${attempt - 1}`);
      if (type === 'retrying' && attempt >= maxAttempts)
        mistakes.push(`retry after the last attempt, ${attempt}`);
      if (type !== 'started' && !(type === 'failed' && event.error.code === 'poison')) {
        const by = executionKey({ id: event.id, run, attempt, worker: event.worker });
        if (!ran.has(by)) mistakes.push(`${type} by ${event.worker}, whose handler never ran`);
      }
    }
    if (event.type === 'failed' && endedEarly(event, maxAttempts))
      mistakes.push(
        `failed with ${event.error.code} on attempt ${event.attempt} of ${maxAttempts}`,
      );
    if (event.type === 'retrying') retried.add(`${run} ${event.attempt}`);
    if (isFinal(event)) ended.add(run);
  }
  return mistakes;
}

/** Codes that end a task whatever attempts are left. */
const terminal = new Set(['terminal', 'children-failed', 'poison', 'invalid-payload']);

const endedEarly = ({ attempt, error }: EventOf<'failed'>, maxAttempts: number): boolean =>
  attempt < maxAttempts && !terminal.has(error.code);
