import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhen,
} from 'cockatiel';
import { withDeadline } from './deadline.ts';
import { BreakerOpenError, isOutage } from './errors.ts';
import { type DependencyPolicy, trialsToClose } from './policies.ts';

/** One breaker as the registry of services publishes it. Times are RFC 3339. */
export interface BreakerState {
  readonly dependency: string;
  readonly endpoint: string;
  readonly state: 'closed' | 'open' | 'half-open';
  /** Consecutive failures. */
  readonly failures: number;
  /** When it came into this state. */
  readonly since: string;
  /** Only when open: the first call after this moment is a trial. */
  readonly nextTrialAt?: string;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Default: the timeout of the dependency. In ms; for a stream it is the wait for each item. */
  readonly timeoutMs?: number | undefined;
}

export interface BreakerOptions {
  readonly dependency: string;
  readonly endpoint: string;
  readonly policy: DependencyPolicy;
  readonly onStateChange?: ((state: BreakerState) => void) | undefined;
}

/** What a caller is told while the trials of a half-open breaker are under way. */
const TRIAL_RECHECK_MS = 1_000;

/** Ends a call of which nothing can be learned: its caller went away. */
class Abandoned extends Error {
  override readonly name = 'Abandoned';
}

const stateNames = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
} as const;

/**
 * Stops calling an endpoint that failed several times in a row, and closes again after two
 * successful trials. The states are cockatiel's; admission is stricter in two points. While the
 * trials run, further calls are refused at once (cockatiel lets them wait for the decision, deaf to
 * their signal). A trial that its caller aborts proves nothing and is given to the next call
 * (cockatiel counts it as a success).
 */
export class Breaker {
  readonly dependency: string;
  readonly endpoint: string;
  /** Also says how a caller should retry: `withRetry(call, { limits: breaker.policy.retry })`. */
  readonly policy: DependencyPolicy;
  readonly #isFailure: (error: unknown) => boolean;
  readonly #failures: ConsecutiveBreaker;
  readonly #circuit: CircuitBreakerPolicy;
  #since = Date.now();
  #openMs = 0;
  #trials = 0;

  constructor(options: BreakerOptions) {
    const { dependency, endpoint, policy, onStateChange } = options;
    const { isFailure = isOutage } = policy;
    this.dependency = dependency;
    this.endpoint = endpoint;
    this.policy = policy;
    this.#isFailure = isFailure;
    this.#failures = new ConsecutiveBreaker(policy.failures);
    const counts = handleWhen((error) =>
      error instanceof Abandoned ? this.#isOnTrial() : isFailure(error),
    );
    this.#circuit = circuitBreaker(counts, {
      breaker: this.#failures,
      halfOpenAfter: new DelegateBackoff(({ result }) => {
        const abandoned = 'error' in result && result.error instanceof Abandoned;
        this.#openMs = abandoned ? 0 : policy.openMs;
        return this.#openMs;
      }),
      halfOpenSampling: { calls: trialsToClose, threshold: 0 },
    });
    this.#circuit.onStateChange(() => {
      this.#since = Date.now();
      this.#trials = 0;
      onStateChange?.(this.state());
    });
  }

  /**
   * Calls through the breaker. Rejects with BreakerOpenError when nothing was called, with
   * DeadlineError when the answer took too long, with the signal's reason, or with what the call
   * threw.
   */
  async run<T>(call: (signal: AbortSignal) => Promise<T>, options: CallOptions = {}): Promise<T> {
    const settle = await this.#admit(options.signal);
    try {
      const value = await this.#inTime(call, options);
      await settle();
      return value;
    } catch (error) {
      await settle(options.signal?.aborted ? new Abandoned() : asError(error));
      throw error;
    }
  }

  /**
   * Reads a stream through the breaker: it succeeded when it came to its end, or when its reader
   * left after at least one item. Every item has its own deadline, counted only while we wait for
   * it. The source must end when its signal is aborted; the reader must read to the end or leave,
   * as `for await` does.
   */
  async *stream<T>(
    start: (signal: AbortSignal) => AsyncIterable<T>,
    options: CallOptions = {},
  ): AsyncGenerator<T, void, undefined> {
    const settle = await this.#admit(options.signal);
    const stop = new AbortController();
    const items = start(stop.signal)[Symbol.asyncIterator]();
    let outcome: Error | undefined;
    let waiting = false;
    try {
      for (;;) {
        waiting = true;
        const step = await this.#inTime(() => items.next(), options);
        waiting = false;
        if (step.done) return;
        yield step.value;
      }
    } catch (error) {
      outcome = options.signal?.aborted ? new Abandoned() : asError(error);
      throw error;
    } finally {
      stop.abort(outcome);
      await settle(outcome);
      // A source that we stopped waiting for hears of it by its signal; one that is paused is closed.
      if (!waiting) await items.return?.();
    }
  }

  /** Where it stands now. An open breaker stays open after `nextTrialAt` until somebody calls. */
  state(): BreakerState {
    const state = stateNames[this.#circuit.state];
    return {
      dependency: this.dependency,
      endpoint: this.endpoint,
      state,
      failures: this.#failures.state,
      since: new Date(this.#since).toISOString(),
      ...(state === 'open' && {
        nextTrialAt: new Date(this.#since + this.#openMs).toISOString(),
      }),
    };
  }

  /**
   * Lets a call in, and gives the function that reports its outcome, or throws BreakerOpenError.
   */
  async #admit(signal: AbortSignal | undefined): Promise<(error?: Error) => Promise<void>> {
    signal?.throwIfAborted();
    if (this.#isOnTrial() && this.#trials >= trialsToClose) throw this.#refusal(TRIAL_RECHECK_MS);
    const admitted = Promise.withResolvers<void>();
    const outcome = Promise.withResolvers<void>();
    const recorded = this.#circuit.execute(() => {
      if (this.#isOnTrial()) this.#trials++;
      admitted.resolve();
      return outcome.promise;
    });
    try {
      await Promise.race([admitted.promise, recorded]);
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw this.#refusal(Math.max(0, this.#since + this.#openMs - Date.now()));
    }
    return async (error) => {
      if (error === undefined) outcome.resolve();
      else outcome.reject(error);
      // A refusal is an answer: the failures before it are no longer in a row.
      if (error !== undefined && this.#answered(error)) this.#failures.success();
      // The caller has the error already; here it was only counted.
      await Promise.allSettled([recorded]);
    };
  }

  #answered(error: Error): boolean {
    return !(error instanceof Abandoned || this.#isFailure(error));
  }

  #isOnTrial(): boolean {
    return this.#circuit.state === CircuitState.HalfOpen;
  }

  #inTime<T>(call: (signal: AbortSignal) => Promise<T>, options: CallOptions): Promise<T> {
    return withDeadline(call, {
      timeoutMs: options.timeoutMs ?? this.policy.timeoutMs,
      what: `${this.dependency} ${this.endpoint}`,
      signal: options.signal,
    });
  }

  #refusal(retryAfterMs: number): BreakerOpenError {
    const { dependency, endpoint } = this;
    return new BreakerOpenError({ dependency, endpoint, retryAfterMs });
  }
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('a stream threw a value', { cause: error });
