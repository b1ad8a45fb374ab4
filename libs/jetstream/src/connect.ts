import { setTimeout as sleep } from 'node:timers/promises';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect as connectTcp, type NatsConnection } from '@nats-io/transport-node';
import { createPublisher, type Publisher } from './publisher.ts';

export interface ConnectOptions {
  /** `nats://[user:password@]host:port` */
  readonly url: string;
  /** Service name: shown by the server, and the prefix of its own inbox (`_INBOX_<name>`). */
  readonly name: string;
}

export type StatusListener = (status: 'disconnect' | 'reconnect') => void;

/** One connection and what is built on it. Disposing flushes and closes it. */
export interface Bus extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly connection: NatsConnection;
  readonly publisher: Publisher;
  readonly manager: JetStreamManager;
  /** Calls `listener` after each loss of the connection and after each return. Returns the way out. */
  onStatus(listener: StatusListener): () => void;
  /**
   * Calls `publish` when everything that has arrived together was worked on, after those that asked
   * before. What they publish leaves in one write, which costs as much as several tasks.
   */
  soon(publish: () => void): void;
  /** Waits until the server has got all that was sent, 2 s at most: it may be away for good. */
  flush(): Promise<void>;
}

/** Connects, and keeps connecting for ever: a broker that is away is waited for. */
export async function connect({ url, name }: ConnectOptions): Promise<Bus> {
  const { username, password } = new URL(url);
  const connection = await connectTcp({
    servers: url,
    // The client does not read them from the address.
    ...(username && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
    name: `slipstream-${name}`,
    inboxPrefix: `_INBOX_${name.replaceAll(/[^A-Za-z0-9_-]/g, '-')}`,
    // A stack trace per request costs half of the throughput.
    noAsyncTraces: true,
    maxReconnectAttempts: -1,
    waitOnFirstConnect: true,
    reconnectTimeWait: 250,
    pingInterval: 20_000,
  });
  let waiting: (() => void)[] = [];
  const publishWaiting = (): void => {
    const now = waiting;
    waiting = [];
    for (const publish of now) publish();
  };
  const listeners = new Set<StatusListener>();
  void (async () => {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect' || type === 'reconnect') for (const call of listeners) call(type);
    }
  })();
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const publisher = createPublisher(connection);
  listeners.add((status) => publisher.setConnected(status === 'reconnect'));
  const flush = async (): Promise<void> => {
    publishWaiting();
    if (connection.isClosed()) return;
    const flushed = connection.flush().catch(() => undefined);
    await Promise.race([flushed, sleep(2_000, undefined, { ref: false })]);
  };
  return {
    name,
    url,
    connection,
    flush,
    publisher,
    manager,
    soon(publish) {
      if (waiting.push(publish) === 1) setImmediate(publishWaiting);
    },
    onStatus(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      await flush();
      publisher.close();
      await connection.close();
    },
  };
}
