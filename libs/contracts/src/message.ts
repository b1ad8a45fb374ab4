import type { Priority } from './priority.ts';

/** Who is told when a task has ended. */
export interface Webhook {
  readonly url: string;
  /** Signs what is sent. Never shown by the API, never logged. */
  readonly secret?: string;
}

/** The body of a message in a task stream: JSON that a person understands. Times are RFC 3339. */
export interface TaskMessage {
  readonly id: string;
  /** Raised by a user's retry. */
  readonly run: number;
  /** Raised by every re-publication (park, long backoff, replay, reconcile). `(run, gen)` is the fence. */
  readonly gen: number;
  readonly kind: string;
  readonly priority: Priority;
  readonly payload: unknown;
  readonly createdAt: string;
  readonly maxAttempts?: number;
  readonly timeoutMs?: number;
  /** Its first attempt begins by then, or it fails. */
  readonly startBy?: string;
  readonly tags?: readonly string[];
  readonly parentId?: string;
  /** Its key, where the payload of its kind names none. */
  readonly concurrencyKey?: string;
  /** Whose task it is: tenants share a pool by their weights. */
  readonly tenant?: string;
  /** The idempotency key that it was submitted with: `<hash of the key>.<hash of the request>[.<id of the batch>]`. */
  readonly idem?: string;
  readonly webhook?: Webhook;
  /** Attempts already used when the message was published again after a long backoff. */
  readonly attempts?: number;
}

/** The dedupe id of one publication of a task. */
export const messageId = ({ id, run, gen }: Pick<TaskMessage, 'id' | 'run' | 'gen'>): string =>
  `${id}.${run}.${gen}`;
