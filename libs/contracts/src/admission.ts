import type { Claim } from './limits.ts';

/** What held a task back. */
export type LimitName = 'concurrency' | 'rate' | 'fairness';

/** One task that a worker has taken and wants to run. */
export interface Ask {
  /** Unique over all asks of an instance: the name of the hold, if it is given. */
  readonly ask: string;
  /** `<id>.<run>`. */
  readonly task: string;
  /** Of its message: one that was parked or released since is out of date. */
  readonly gen: number;
  readonly claim: Claim;
}

/**
 * The body of `slipstream.acquire.<category>`. It says all that the instance holds: what it does not
 * name is free again. An instance has one request on its way at a time.
 */
export interface AcquireRequest {
  /** One pool of one process, for as long as that lives. */
  readonly instance: string;
  /** Raised with each request. */
  readonly number: number;
  readonly slots: number;
  readonly held: readonly string[];
  readonly asks: readonly Ask[];
}

export type Verdict =
  | { readonly verdict: 'run' }
  /** Ask again at this time, milliseconds since 1970. */
  | { readonly verdict: 'at'; readonly at: number; readonly limit: LimitName }
  /** Wait in the lane until somebody releases it. */
  | { readonly verdict: 'lane'; readonly limit: LimitName };

/** One verdict per ask, in their order. */
export interface AcquireAnswer {
  readonly verdicts: readonly Verdict[];
}

/** The body of `slipstream.holding.<category>`, once a second from a thread that handlers cannot block. */
export interface Holding {
  readonly instance: string;
  readonly held: readonly string[];
}
