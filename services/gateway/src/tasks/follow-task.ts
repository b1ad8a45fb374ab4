import { isFinal, subjects } from '@slipstream/contracts';
import type { ServerSentEvent } from '@slipstream/http';
import { headerOf } from '@slipstream/jetstream';
import type { LoggedEvent, TaskRow } from '@slipstream/tasklog';
import type { GatewayParts } from '../parts.ts';
import { type Cursor, formatCursor, isAfter } from './cursor.ts';
import { type LiveMessage, liveAfter, readLive } from './live-message.ts';
import { createMailbox } from './mailbox.ts';
import { createPlacer, inCausalOrder, type PlacedEvent, Story } from './story.ts';
import { taskAnswer } from './task-answer.ts';
import { hasEnded, whole } from './wait-for-task.ts';

type News =
  | { readonly from: 'log'; readonly placed: PlacedEvent }
  | { readonly from: 'live'; readonly live: LiveMessage }
  | { readonly from: 'broker'; readonly status: 'disconnect' | 'reconnect' };

/** A client that is this many events behind is cut off; it comes again with its cursor. */
const MAX_BEHIND = 10_000;

/**
 * The story of a task from a cursor on: `state` at every transition, `progress`, `token` and
 * whatever else its handler emits, and `result` at the end. What is stored is replayed, then what
 * happens is followed: we listen before we read, and skip what was read already.
 */
export async function* followTask(
  parts: GatewayParts,
  id: string,
  from: Cursor,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent> {
  const { bus, projection } = parts;
  const news = createMailbox<News>(MAX_BEHIND);
  const place = createPlacer();
  using stack = new DisposableStack();
  stack.defer(projection.watch([id], (logged) => news.put({ from: 'log', placed: place(logged) })));
  const feed = bus.connection.subscribe(subjects.liveFeed(id), {
    callback(_error, { headers, data }) {
      const live = readLive(Number(headerOf(headers, 'Nats-Sequence')), data);
      news.put({ from: 'live', live });
    },
  });
  stack.defer(() => feed.unsubscribe());
  stack.defer(bus.onStatus((status) => news.put({ from: 'broker', status })));
  signal.addEventListener('abort', news.close);
  stack.defer(() => signal.removeEventListener('abort', news.close));

  const story = new Story(from);
  const say = (event: string, data: unknown): ServerSentEvent => ({
    id: formatCursor(story.cursor),
    event,
    data,
  });

  function* tellLive(live: LiveMessage): Generator<ServerSentEvent> {
    if (live.seq <= story.cursor.live) return;
    story.passLive(live.seq);
    yield say(live.type, live.data);
  }

  /** Everything that LIVE has and the client has not. */
  async function* catchUp(): AsyncGenerator<ServerSentEvent> {
    for await (const live of liveAfter(bus, id, story.cursor.live)) yield* tellLive(live);
  }

  async function* finish(): AsyncGenerator<ServerSentEvent> {
    const row = await projection.task(id);
    if (!row) return;
    story.end();
    yield say('result', await taskAnswer(bus, await whole(projection, row)));
  }

  await Promise.all([projection.watching(), bus.connection.flush()]);
  const row = await projection.task(id);
  if (!row) return;
  yield* replay(await projection.history(row), row);
  if (hasEnded(row)) return yield* finish();

  let cutOff = false;
  for (let item = await news.take(); item && !signal.aborted; item = await news.take()) {
    if (item.from === 'broker') {
      cutOff = item.status === 'disconnect';
      if (!cutOff) yield* catchUp();
    } else if (item.from === 'live') {
      // The first after a break can arrive before the word that the break is over.
      if (cutOff) yield* catchUp();
      yield* tellLive(item.live);
    } else {
      yield* tellEvent(item.placed);
      if (isFinal(item.placed.event) && item.placed.event.run >= row.run) return yield* finish();
    }
  }

  async function* replay(
    history: readonly LoggedEvent[],
    known: TaskRow,
  ): AsyncGenerator<ServerSentEvent> {
    const events = inCausalOrder(history.map(createPlacer()));
    const live = liveAfter(bus, id, story.cursor.live);
    let next = await live.next();
    for (const placed of events) {
      const { event } = placed;
      while (!next.done && (isFinal(event) || next.value.at <= event.at)) {
        yield* tellLive(next.value);
        next = await live.next();
      }
      yield* tellReplayed(placed, events);
    }
    for (; !next.done; next = await live.next()) yield* tellLive(next.value);
    if (known.children && !hasEnded(known)) yield say('progress', progressOf(known));
  }

  /** Moves the cursor only as far as everything before it in the log was told. */
  function* tellReplayed(
    placed: PlacedEvent,
    all: readonly PlacedEvent[],
  ): Generator<ServerSentEvent> {
    const state = story.merge(placed);
    if (story.knows(placed.place)) return;
    const places = all.map(({ place }) => place);
    const told = places.slice(0, all.indexOf(placed) + 1);
    const untold = places.slice(told.length);
    for (const one of told) if (untold.every((later) => isAfter(later, one))) story.passEvent(one);
    if (state) yield say('state', state);
  }

  async function* tellEvent(placed: PlacedEvent): AsyncGenerator<ServerSentEvent> {
    const { event } = placed;
    if (story.knows(placed.place)) return;
    if (isFinal(event)) yield* catchUp();
    const state = story.merge(placed);
    story.passEvent(placed.place);
    if (state) yield say('state', state);
    // Without children the same progress has come by LIVE, and sooner.
    if (event.type === 'progress' && event.children) {
      yield say('progress', { ...event.progress, children: event.children });
    }
  }
}

const progressOf = ({ progress, children }: TaskRow): object => ({
  ...(progress === null ? {} : (JSON.parse(progress) as object)),
  children: JSON.parse(children ?? '{}') as object,
});
