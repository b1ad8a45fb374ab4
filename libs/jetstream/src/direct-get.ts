import { setTimeout as sleep } from 'node:timers/promises';
import type { Msg } from '@nats-io/transport-node';
import type { Bus } from './connect.ts';
import { headerOf } from './headers.ts';

export interface StoredMessage {
  readonly subject: string;
  readonly seq: number;
  readonly data: Uint8Array;
  readonly time: string;
  header(name: string): string | undefined;
}

/** The last message of a subject, or undefined. */
export const directLast = (
  bus: Bus,
  stream: string,
  subject: string,
): Promise<StoredMessage | undefined> =>
  get(bus, stream, JSON.stringify({ last_by_subj: subject }));

/** The message with this sequence, or undefined. */
export const directBySeq = (
  bus: Bus,
  stream: string,
  seq: number,
): Promise<StoredMessage | undefined> => get(bus, stream, JSON.stringify({ seq }));

/** The first message of a subject (wildcards allowed) from `seq` on, or undefined. */
export const directNext = (
  bus: Bus,
  stream: string,
  subject: string,
  seq = 1,
): Promise<StoredMessage | undefined> =>
  get(bus, stream, JSON.stringify({ seq, next_by_subj: subject }));

/** Every message of a subject from `seq` on, in order. */
export async function* directAll(
  bus: Bus,
  stream: string,
  subject: string,
  seq = 1,
): AsyncGenerator<StoredMessage> {
  let message = await directNext(bus, stream, subject, seq);
  while (message) {
    yield message;
    message = await directNext(bus, stream, subject, message.seq + 1);
  }
}

/**
 * The last message of every subject that matches. One that is written while the others are read
 * comes by twice in `directAll`; here it counts once, as it is then.
 */
export async function directLatest(
  bus: Bus,
  stream: string,
  subject: string,
): Promise<StoredMessage[]> {
  const latest = new Map<string, StoredMessage>();
  for await (const message of directAll(bus, stream, subject)) latest.set(message.subject, message);
  return [...latest.values()];
}

/** One try; an answer takes a millisecond. What was sent while the connection broke gets none. */
const TRY_MS = 1_000;
const PATIENCE_MS = 5_000;
const PAUSE_MS = 50;

/** A read may be repeated: it is, while the server is on its way back. Rejects after 5 s. */
async function get(bus: Bus, stream: string, body: string): Promise<StoredMessage | undefined> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await getOnce(bus, stream, body);
    } catch (error) {
      const over = performance.now() > deadline || bus.connection.isClosed();
      if (error instanceof RefusedError || over) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

/** The server has answered, and repeating the question would not change that. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

async function getOnce(bus: Bus, stream: string, body: string): Promise<StoredMessage | undefined> {
  const subject = `$JS.API.DIRECT.GET.${stream}`;
  const answer = await bus.connection.request(subject, body, { timeout: TRY_MS });
  if (answer.headers?.code === 404) return undefined;
  if (answer.headers?.code) {
    throw new RefusedError(`${stream}: ${answer.headers.code} ${answer.headers.description}`);
  }
  return stored(answer);
}

export function stored({ headers, data }: Msg): StoredMessage {
  return {
    subject: headerOf(headers, 'Nats-Subject') ?? '',
    seq: Number(headerOf(headers, 'Nats-Sequence')),
    time: headerOf(headers, 'Nats-Time-Stamp') ?? '',
    data,
    header: (name) => headerOf(headers, name),
  };
}
