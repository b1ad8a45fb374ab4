import { type Category, categoryNames } from '@slipstream/contracts';

/** How long tasks that have ended are kept, ms. Open ones are kept always. */
export interface Retention {
  readonly succeededMs: number;
  /** Of failed and cancelled ones: they can be retried. */
  readonly failedMs: number;
}

const DAY_MS = 86_400_000;

/** The log is trimmed behind the oldest task that is kept. */
export const defaultRetention: Readonly<Record<Category, Retention>> = Object.fromEntries(
  categoryNames.map((category) => [category, { succeededMs: 7 * DAY_MS, failedMs: 30 * DAY_MS }]),
) as Record<Category, Retention>;
