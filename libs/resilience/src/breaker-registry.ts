import { Breaker, type BreakerState } from './breaker.ts';
import { type Dependency, type DependencyPolicy, policies } from './policies.ts';

export interface BreakerRegistryOptions {
  /** Default: `policies`. */
  readonly policies?: Readonly<Record<Dependency, DependencyPolicy>>;
}

/**
 * The breakers of a process: one for each endpoint of a dependency, made when it is first asked
 * for.
 */
export class BreakerRegistry {
  readonly #policies: Readonly<Record<Dependency, DependencyPolicy>>;
  readonly #breakers = new Map<string, Breaker>();
  readonly #listeners = new Set<(state: BreakerState) => void>();

  constructor(options: BreakerRegistryOptions = {}) {
    this.#policies = options.policies ?? policies;
  }

  /**
   * The breaker of an endpoint (a base URL, a data folder). The same two names give the same
   * breaker. `differently`: where it departs from the policy of its dependency; the first one to
   * ask for an endpoint decides.
   */
  breakerFor(
    dependency: Dependency,
    endpoint: string,
    differently: Partial<DependencyPolicy> = {},
  ): Breaker {
    const key = `${dependency} ${endpoint}`;
    const known = this.#breakers.get(key);
    if (known) return known;
    const breaker = new Breaker({
      dependency,
      endpoint,
      policy: { ...this.#policies[dependency], ...differently },
      onStateChange: (state) => {
        for (const listener of this.#listeners) listener(state);
      },
    });
    this.#breakers.set(key, breaker);
    return breaker;
  }

  /** Where every breaker stands now, in the order in which they were made. */
  breakerStates(): readonly BreakerState[] {
    return [...this.#breakers.values()].map((breaker) => breaker.state());
  }

  /** Calls `listener` with the new state whenever a breaker changes. Returns the end of it. */
  onBreakerChange(listener: (state: BreakerState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

/** The breakers of this process: what a service's providers share, and what it publishes. */
export const breakers = new BreakerRegistry();
