/** Least weight: bounds how often the round goes on before somebody has saved up for a task. */
const MIN_WEIGHT = 0.01;

/**
 * Deficit round robin over tenants, one task at a time: in its turn a tenant saves its weight and
 * sends a task for each whole unit. Over a time in which a set of tenants always has work each gets
 * its weight's share, to within one round. Who has no work saves nothing.
 */
export class FairShare {
  /** In the order of the round. */
  readonly #deficits = new Map<string, number>();

  /** Whose task is next among tenants that have one, or undefined when there are none. */
  next(active: ReadonlySet<string>, weightOf: (tenant: string) => number): string | undefined {
    for (const tenant of this.#deficits.keys()) {
      if (!active.has(tenant)) this.#deficits.delete(tenant);
    }
    for (const tenant of active) {
      if (!this.#deficits.has(tenant)) this.#deficits.set(tenant, weight(weightOf(tenant)));
    }
    for (;;) {
      const first = this.#deficits.entries().next();
      if (first.done) return undefined;
      const [tenant, deficit] = first.value;
      // Sums of fractions fall a little short of one.
      if (deficit > 1 - 1e-9) {
        this.#deficits.set(tenant, deficit - 1);
        return tenant;
      }
      this.#deficits.delete(tenant);
      this.#deficits.set(tenant, deficit + weight(weightOf(tenant)));
    }
  }
}

const weight = (given: number): number => Math.max(MIN_WEIGHT, given);
