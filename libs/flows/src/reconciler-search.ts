import type { Category } from '@slipstream/contracts';
import type { Bus } from '@slipstream/jetstream';
import type { EventLog, Projection } from '@slipstream/tasklog';
import type { Logger } from '@slipstream/telemetry';

export interface SearchOptions {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly projection: Projection;
  readonly logger: Logger;
}

/** Looks through one category for tasks of which nothing was heard since `before` (ms since 1970). */
export type Search = (category: Category, before: number) => Promise<void>;

/** Messages and rows that one pass looks at per category and state: bounds its share of the server. */
export const MAX_PER_PASS = 500;
