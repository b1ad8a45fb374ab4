/** Runs a job when there is room for it; the others wait in the order in which they came. */
export type Gate = <T>(job: () => Promise<T>) => Promise<T>;

export function createGate(slots: number): Gate {
  let free = slots;
  const waiting: (() => void)[] = [];
  return async (job) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await job();
    } finally {
      // The slot goes straight to the next in line, so nobody can overtake.
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
