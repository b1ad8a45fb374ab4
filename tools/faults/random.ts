/** Dice that fall the same way for the same seed (mulberry32): numbers from 0 up to 1. */
export function createDice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of the items; throws for none. */
export function pick<T>(dice: () => number, items: readonly T[]): T {
  const item = items[Math.floor(dice() * items.length)];
  if (item === undefined) throw new RangeError('there is nothing to pick from');
  return item;
}
