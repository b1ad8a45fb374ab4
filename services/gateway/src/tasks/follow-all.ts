import {
  type Category,
  type EventType,
  isFinal,
  type TaskEvent,
  type TaskState,
} from '@slipstream/contracts';
import type { ServerSentEvent } from '@slipstream/http';
import { followStream } from '@slipstream/jetstream';
import type { GatewayParts } from '../parts.ts';
import { isAfter, type Place } from './cursor.ts';
import { createTaskFacts, type TaskFacts } from './task-facts.ts';

export interface EventFilter {
  readonly category?: Category;
  readonly kind?: string;
  readonly state?: TaskState;
  readonly tag?: string;
}

const states: Readonly<Partial<Record<EventType, TaskState>>> = {
  submitted: 'queued',
  started: 'running',
  waiting: 'waiting',
  retrying: 'retrying',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** Messages asked for at once: a slow client holds no more than these. */
const BATCH = 200;
/** Messages before the first place told in which an end may lie whose submission comes after it. */
const LOOK_BACK = 100;
/** Runs remembered after their end, and tasks whose submission has not come yet. */
const MAX_REMEMBERED = 10_000;

/** A place in EVENTS as text: `<sequence>.<which event of the message, from 1>`. */
export function parsePlace(text: string | undefined): Place | undefined {
  const [, seq, nth] = /^(\d{1,15})\.(\d{1,6})$/.exec(text ?? '') ?? [];
  return seq === undefined ? undefined : { seq: Number(seq), nth: Number(nth) };
}

/**
 * Everything that happens after a place in the log and fits the filter. A short task ends in the
 * log before it was submitted there: its end waits for its submission here, so that it has its tags.
 */
export async function* followAll(
  { bus, projection }: Pick<GatewayParts, 'bus' | 'projection'>,
  filter: EventFilter,
  from: Place,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent> {
  const facts = createTaskFacts(projection);
  const early = new Map<string, TaskEvent[]>();
  const ended = new Set<string>();

  const options = { fromSeq: Math.max(1, from.seq - LOOK_BACK), batch: BATCH, signal };
  for await (const message of followStream(bus, 'EVENTS', options)) {
    const events = JSON.parse(message.string()) as TaskEvent[];
    for (const [index, event] of events.entries()) {
      const place = { seq: message.seq, nth: index + 1 };
      if (filter.category !== undefined && event.category !== filter.category) continue;
      if (!isAfter(place, from)) {
        lookBack(event);
        continue;
      }
      const told = (await inOrder(event, message.seq)).filter(({ data }) => fits(filter, data));
      for (const one of told.slice(0, -1)) yield one;
      // A client that goes on after this id has had all that belongs to it.
      for (const last of told.slice(-1)) yield { ...last, id: `${place.seq}.${place.nth}` };
    }
  }

  /** An end before the first place told may belong to a submission after it. */
  function lookBack(event: TaskEvent): void {
    if (event.type === 'submitted') early.delete(event.id);
    else if (isFinal(event)) wait(event);
  }

  function wait(event: TaskEvent): void {
    early.set(event.id, [...(early.get(event.id) ?? []), event]);
    forgetOldest(early);
  }

  /** What can be told now, oldest first. */
  async function inOrder(event: TaskEvent, seq: number): Promise<Told[]> {
    const task = await facts.of(event, seq);
    if (!task) {
      wait(event);
      return [];
    }
    const waited = event.type === 'submitted' ? (early.get(event.id) ?? []) : [];
    if (event.type === 'submitted') early.delete(event.id);
    return [event, ...waited.filter(({ run }) => run === event.run)]
      .filter(isNews)
      .flatMap((one) => tell(one, task) ?? []);
  }

  /** The first end of a run stands, and nothing of the run is told after it. */
  function isNews(event: TaskEvent): boolean {
    const run = `${event.id}.${event.run}`;
    if (ended.has(run)) return false;
    if (isFinal(event)) ended.add(run);
    forgetOldest(ended);
    return true;
  }
}

function forgetOldest(remembered: Map<string, unknown> | Set<string>): void {
  if (remembered.size > MAX_REMEMBERED) remembered.delete(remembered.keys().next().value ?? '');
}

/** What a client sees of an event: no payloads, results or secrets. */
interface Told {
  readonly event: 'state' | 'progress';
  readonly data: TaskFacts & { readonly category: Category; readonly state?: TaskState };
}

function tell(event: TaskEvent, task: TaskFacts): Told | undefined {
  const { id, run, category, at } = event;
  const common = { id, run, ...task, category, at };
  if (event.type === 'progress') {
    const { progress, children } = event;
    return { event: 'progress', data: { ...common, ...progress, ...(children && { children }) } };
  }
  const state = event.type === 'submitted' && event.runAt ? 'scheduled' : states[event.type];
  if (!state) return undefined;
  const data = {
    ...common,
    state,
    ...('attempt' in event && { attempt: event.attempt }),
    ...('worker' in event && { worker: event.worker }),
    ...('error' in event && { error: event.error }),
    ...('children' in event && event.children && { children: event.children }),
    ...(event.type === 'submitted' && event.runAt && { runAt: event.runAt }),
    ...(event.type === 'retrying' && { runAt: event.nextRunAt }),
    ...(event.type === 'cancelled' && event.reason && { reason: event.reason }),
  };
  return { event: 'state', data };
}

const fits = ({ kind, state, tag }: EventFilter, task: Told['data']): boolean =>
  (kind === undefined || task.kind === kind) &&
  (state === undefined || task.state === state) &&
  (tag === undefined || task.tags.includes(tag));
