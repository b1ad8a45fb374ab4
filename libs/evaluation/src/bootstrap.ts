import { mean } from './metrics.ts';

/** How much one set-up is better than another on the same questions. */
export interface Gain {
  readonly gain: number;
  /** 95 of 100 resamples of the questions lie between these. */
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 2_000;

/**
 * Paired bootstrap: the questions are drawn anew with replacement, 2,000 times. A gain whose
 * interval holds 0 is within the noise of these questions.
 *
 * @param now metric of each question as it is
 * @param other the same questions, in the same order, with the other set-up
 */
export function bootstrapGain(
  now: readonly number[],
  other: readonly number[],
  random: () => number,
): Gain {
  const differences = other.map((value, question) => value - (now[question] ?? 0));
  const count = differences.length;
  if (count === 0) return { gain: 0, low: 0, high: 0 };
  const gains = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let draw = 0; draw < count; draw++) sum += differences[Math.floor(random() * count)] ?? 0;
    return sum / count;
  }).sort();
  return {
    gain: mean(differences),
    low: gains[Math.floor(RESAMPLES * 0.025)] ?? 0,
    high: gains[Math.ceil(RESAMPLES * 0.975) - 1] ?? 0,
  };
}

/** The same dice for the same seed (mulberry32), so that an evaluation can be repeated exactly. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
