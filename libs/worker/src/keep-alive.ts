import { Worker } from 'node:worker_threads';

/** Deliveries younger than this end before they need prolonging. */
const YOUNG_MS = 500;

export interface Beat {
  readonly subject: string;
  readonly body: string | undefined;
}

export interface KeepAlive extends AsyncDisposable {
  /** Tells which deliveries are in hand: reply subject and when it came (performance.now). */
  update(inHand: Iterable<{ reply: string; since: number }>): void;
  /** Publishes a message once a second, until there is another body for its subject, or none. */
  beat(subject: string, body: string | undefined): void;
}

/**
 * Prolongs what is in hand from a thread with its own connection: a handler that blocks this
 * thread for longer than `ack_wait` keeps its task.
 */
export function startKeepAlive(url: string, name: string): KeepAlive {
  const thread = new Worker(new URL('./keep-alive-thread.ts', import.meta.url), {
    workerData: { url, name },
  });
  const exited = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
  let empty = true;
  return {
    update(inHand) {
      const now = performance.now();
      const replies: string[] = [];
      for (const { reply, since } of inHand) if (now - since >= YOUNG_MS) replies.push(reply);
      if (empty && replies.length === 0) return;
      empty = replies.length === 0;
      thread.postMessage(replies);
    },
    beat: (subject, body) => thread.postMessage({ subject, body } satisfies Beat),
    async [Symbol.asyncDispose]() {
      thread.postMessage(null);
      await exited;
    },
  };
}
