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
  readonly #breakers = new Map<string, { readonly breaker: Breaker; users: number }>();
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
    if (known) {
      known.users += 1;
      return known.breaker;
    }
    const breaker = new Breaker({
      dependency,
      endpoint,
      policy: { ...this.#policies[dependency], ...differently },
      onStateChange: (state) => {
        for (const listener of this.#listeners) listener(state);
      },
    });
    this.#breakers.set(key, { breaker, users: 1 });
    return breaker;
  }

  /**
   * Says that one of those who asked for a breaker calls its endpoint no more. When all have said so
   * it is forgotten: an endpoint that nobody calls would stay open for ever.
   */
  release({ dependency, endpoint }: Breaker): void {
    const key = `${dependency} ${endpoint}`;
    const known = this.#breakers.get(key);
    if (!known) return;
    known.users -= 1;
    if (known.users === 0) this.#breakers.delete(key);
  }

  /** Where every breaker stands now, in the order in which they were made. */
  breakerStates(): readonly BreakerState[] {
    return [...this.#breakers.values()].map(({ breaker }) => breaker.state());
  }

  /** Calls `listener` with the new state whenever a breaker changes. Returns the end of it. */
  onBreakerChange(listener: (state: BreakerState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

/** The breakers of this process: what a service's providers share, and what it publishes. */
export const breakers = new BreakerRegistry();
