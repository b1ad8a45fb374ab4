import { anyBrandToken, brandToken } from '@slipstream/contracts';
import type { Bus } from './connect.ts';
import { directLast } from './direct-get.ts';

const BUCKET = '$KV.versions.';

/**
 * Says that what is known of a brand has changed: chunks, vectors, or that it was erased. Whoever
 * changes the index calls it after the change; from then on no cached answer of before is given.
 */
export async function bumpIndexVersion(bus: Bus, brand: string): Promise<void> {
  await bus.publisher.publishSurely(BUCKET + brandToken(brand), new Date().toISOString());
}

/**
 * A number that rises with each change of the brand's knowledge, or, without a brand, of anybody's.
 * It is read from the server each time (0.3 ms), so whoever saw a change end gets no older number.
 */
export async function indexVersion(bus: Bus, brand?: string): Promise<number> {
  const token = brand === undefined ? '*' : brandToken(brand);
  return (await directLast(bus, 'KV_versions', BUCKET + token))?.seq ?? 0;
}

/**
 * Tells of each change as it happens, by the token of its brand and once more as that of no brand.
 * What comes while the connection is away is missed: enough to drop copies early, not to decide by.
 */
export function onIndexChange(bus: Bus, changed: (token: string) => void): Disposable {
  const subscription = bus.connection.subscribe(`${BUCKET}*`, {
    callback(_error, { subject }) {
      changed(subject.slice(BUCKET.length));
      changed(anyBrandToken);
    },
  });
  return { [Symbol.dispose]: () => subscription.unsubscribe() };
}
