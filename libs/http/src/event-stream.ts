import type { Server } from 'node:http';
import { Readable } from 'node:stream';
import { metrics } from '@slipstream/telemetry';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** One server-sent event. `data` is sent as JSON. */
export interface ServerSentEvent {
  readonly event: string;
  readonly data: unknown;
  /** What the client repeats in `Last-Event-ID` after a break. */
  readonly id?: string;
}

const HEARTBEAT_MS = 15_000;

interface OpenStream {
  readonly abort: () => void;
  readonly closed: Promise<void>;
}

/** Streams that are open, by server. */
const openStreams = new WeakMap<Server, Set<OpenStream>>();

/** Lets the app end its event streams when it closes: before idle connections are looked for. */
export function endEventStreamsOnClose(app: FastifyInstance): void {
  const open = new Set<OpenStream>();
  openStreams.set(app.server, open);
  app.addHook('preClose', async () => {
    for (const stream of open) stream.abort();
    await Promise.all([...open].map(({ closed }) => closed));
  });
}

/**
 * Answers with server-sent events, as fast as the client takes them, until `produce` ends, the
 * client goes, or the app closes. `produce` gets a signal for the latter two and must end on it.
 * A comment every `heartbeatMs` (15 s) keeps proxies from closing a silent stream.
 */
export function sendEvents(
  reply: FastifyReply,
  produce: (signal: AbortSignal) => AsyncIterable<ServerSentEvent>,
  heartbeatMs = HEARTBEAT_MS,
): FastifyReply {
  const ended = new AbortController();
  const closed = Promise.withResolvers<void>();
  const stream = { abort: () => ended.abort(), closed: closed.promise };
  const open = openStreams.get(reply.server.server);
  open?.add(stream);
  metrics.streamsOpen.add(1);
  reply.raw.once('close', () => {
    ended.abort();
    open?.delete(stream);
    metrics.streamsOpen.add(-1);
    closed.resolve();
  });
  const text = withHeartbeat(produce(ended.signal), ended.signal, heartbeatMs);
  return reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no')
    .send(Readable.from(text, { objectMode: false, highWaterMark: 16 * 1_024 }));
}

async function* withHeartbeat(
  events: AsyncIterable<ServerSentEvent>,
  signal: AbortSignal,
  heartbeatMs: number,
): AsyncGenerator<string> {
  const iterator = events[Symbol.asyncIterator]();
  // Sent at once, so that the client knows that it is connected.
  yield ': open\n\n';
  let next = iterator.next();
  while (!signal.aborted) {
    const turn = await firstOf(next, heartbeatMs, signal);
    if (turn === 'aborted') break;
    if (turn === 'silence') {
      yield ': still here\n\n';
      continue;
    }
    if (turn.done) return;
    yield encode(turn.value);
    next = iterator.next();
  }
  await iterator.return?.();
}

/** What comes first: the next event, `ms` of silence, or the end. */
function firstOf<T>(
  next: Promise<T>,
  ms: number,
  signal: AbortSignal,
): Promise<T | 'silence' | 'aborted'> {
  return new Promise((resolve, reject) => {
    const settle = (value: T | 'silence' | 'aborted'): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve(value);
    };
    const abort = (): void => settle('aborted');
    const timer = setTimeout(() => settle('silence'), ms);
    signal.addEventListener('abort', abort);
    next.then(settle, (error: unknown) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      reject(error);
    });
  });
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html; JSON holds no line break. */
const encode = ({ id, event, data }: ServerSentEvent): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
