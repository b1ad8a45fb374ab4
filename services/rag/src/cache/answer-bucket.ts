import {
  type Bus,
  directLast,
  encodeHeaders,
  JS_ERRORS,
  PublishError,
  type StoredMessage,
} from '@slipstream/jetstream';
import type { CachedAnswer } from './cached-answer.ts';

/** While an answer is being made its place is taken by this, renewed as long as the maker lives. */
interface Pending {
  /** Until when it is believed, ms since 1970: it may outlive its time to live, or its maker. */
  readonly pendingUntil: number;
}

const subjectOf = (key: string): string => `$KV.answers.${key}`;
const PENDING_TTL_S = 6;
const RENEW_MS = 2_000;

/** The second level: the bucket `answers`, which all processes share. */
export const createAnswerBucket = (bus: Bus, now: () => number = Date.now) => {
  const pending = (): Pending => ({ pendingUntil: now() + PENDING_TTL_S * 1_000 });

  const publish = (key: string, body: unknown, ttlS: number, expected?: number) =>
    bus.publisher.publish(
      subjectOf(key),
      JSON.stringify(body),
      encodeHeaders({
        'Nats-TTL': `${ttlS}s`,
        'Nats-Expected-Last-Subject-Sequence':
          expected === undefined ? undefined : String(expected),
      }),
    );

  const last = (key: string) => directLast(bus, 'KV_answers', subjectOf(key));

  return {
    async get(key: string): Promise<CachedAnswer | undefined> {
      return answerOf(await last(key));
    },

    async put(key: string, entry: CachedAnswer): Promise<void> {
      const ttlS = Math.max(1, Math.ceil((entry.goodUntil - entry.madeAt) / 1_000));
      await publish(key, entry, ttlS);
    },

    /** Ends what `claim` began without an answer: whoever waits goes on alone. */
    async release(key: string): Promise<void> {
      await bus.publisher.publish(subjectOf(key), '', encodeHeaders({ 'KV-Operation': 'DEL' }));
    },

    /** Takes the place of an answer that nobody has or makes; undefined when somebody does. */
    async claim(key: string): Promise<Disposable | undefined> {
      if (!(await take(key, 0))) {
        const there = await last(key);
        // A deleted or expired entry leaves an empty message.
        const free = there && (there.data.length === 0 || isForsaken(there.data));
        if (!free || !(await take(key, there.seq))) return undefined;
      }
      const timer = setInterval(() => {
        // Without a renewal others stop waiting and answer by themselves.
        publish(key, pending(), PENDING_TTL_S).catch(() => undefined);
      }, RENEW_MS);
      return { [Symbol.dispose]: () => clearInterval(timer) };
    },

    /** The answer that another process is making; undefined when it gave up or went silent. */
    async wait(key: string, signal: AbortSignal): Promise<CachedAnswer | undefined> {
      const { promise, resolve } = Promise.withResolvers<CachedAnswer | undefined>();
      const give = (): void => resolve(undefined);
      const silent = setTimeout(give, PENDING_TTL_S * 1_000);
      const hear = (data: Uint8Array): void => {
        const entry = entryOf(data);
        if (entry === 'pending') silent.refresh();
        else resolve(entry);
      };
      const subscription = bus.connection.subscribe(subjectOf(key), {
        callback: (_error, { data }) => hear(data),
      });
      signal.addEventListener('abort', give);
      try {
        // It may have come before we listened.
        await bus.connection.flush();
        const there = await last(key);
        hear(there?.data ?? new Uint8Array());
        return await promise;
      } finally {
        clearTimeout(silent);
        signal.removeEventListener('abort', give);
        subscription.unsubscribe();
      }
    },
  };

  /** Its maker has died, or the answer is past its time. */
  function isForsaken(data: Uint8Array): boolean {
    const entry = JSON.parse(Buffer.from(data).toString()) as CachedAnswer | Pending;
    return ('pendingUntil' in entry ? entry.pendingUntil : entry.goodUntil) <= now();
  }

  async function take(key: string, expected: number): Promise<boolean> {
    try {
      await publish(key, pending(), PENDING_TTL_S, expected);
      return true;
    } catch (error) {
      const taken = error instanceof PublishError && error.code === JS_ERRORS.wrongLastSequence;
      if (taken) return false;
      throw error;
    }
  }
};

/** What a message of the bucket holds; undefined for one that was deleted or has expired. */
export function entryOf(data: Uint8Array): CachedAnswer | 'pending' | undefined {
  if (data.length === 0) return undefined;
  const entry = JSON.parse(Buffer.from(data).toString()) as CachedAnswer | Pending;
  return 'pendingUntil' in entry ? 'pending' : entry;
}

function answerOf(message: StoredMessage | undefined): CachedAnswer | undefined {
  const entry = message && entryOf(message.data);
  return entry === 'pending' ? undefined : entry;
}
