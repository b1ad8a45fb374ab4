import { anyBrandToken, brandToken, subjects } from '@slipstream/contracts';
import type { Bus } from './connect.ts';
import { directSince } from './direct-batch.ts';
import { encodeHeaders } from './headers.ts';

/** What is counted: answers by how the cache matched, and per model its calls and tokens. */
export type Measure = 'cache' | 'calls' | 'prompt' | 'completion';

export interface Tally {
  /** Undefined: no brand was named. */
  readonly brand: string | undefined;
  readonly measure: Measure;
  /** `exact`, `near`, `miss`; or the model. */
  readonly what: string;
  readonly count: number;
}

const MINUTE_MS = 60_000;

/** Adds to counters of this minute. The server adds up, so any number of processes may. */
export async function addTallies(
  bus: Bus,
  tallies: readonly Tally[],
  now: number = Date.now(),
): Promise<void> {
  const minute = Math.floor(now / MINUTE_MS);
  await Promise.all(
    tallies
      .filter(({ count }) => count > 0)
      .map(({ brand, measure, what, count }) =>
        bus.publisher.publish(
          subjects.tally(tokenOf(brand), minute, measure, Buffer.from(what).toString('base64url')),
          '',
          encodeHeaders({ 'Nats-Incr': `+${Math.round(count)}` }),
        ),
      ),
  );
}

/** The sums since a time (ms since 1970, rounded down to its minute), by brand, measure and what. */
export async function readTallies(bus: Bus, since: number): Promise<Tally[]> {
  const from = Math.floor(since / MINUTE_MS);
  // A counter that rises meanwhile is read again: its last value counts.
  const values = new Map<string, number>();
  for await (const { subject, data } of directSince(bus, 'TALLIES', 'tally.>', from * MINUTE_MS)) {
    const { val } = JSON.parse(Buffer.from(data).toString()) as { val: string };
    values.set(subject, Number(val));
  }
  const sums = new Map<string, Tally>();
  for (const [subject, value] of values) {
    const [, token = '', minute, measure = '', what = ''] = subject.split('.');
    if (Number(minute) < from) continue;
    const key = `${token}.${measure}.${what}`;
    sums.set(key, {
      brand: token === anyBrandToken ? undefined : textOf(token),
      measure: measure as Measure,
      what: textOf(what),
      count: value + (sums.get(key)?.count ?? 0),
    });
  }
  return [...sums.values()];
}

const tokenOf = (brand: string | undefined): string =>
  brand === undefined ? anyBrandToken : brandToken(brand);

const textOf = (token: string): string => Buffer.from(token, 'base64url').toString();
