import { setTimeout as sleep } from 'node:timers/promises';
import { batchIds, newId, tasks } from '@slipstream/contracts';
import {
  type BatchTask,
  EXPANDER_GRACE_MS,
  expandManifest,
  isStored,
  type Manifest,
  storeManifest,
} from '@slipstream/tasklog';
import { traceparentOf } from '@slipstream/telemetry';
import { boostedOrder } from '../control/boost.ts';
import type { GatewayParts } from '../parts.ts';
import type { Order } from './accept-task.ts';
import { checkWebhook } from './check-payload.ts';
import { claim, type IdempotencyKey, idemOf } from './idempotency.ts';

/** How long storing 16 MiB may take. */
const STORING_MS = 30_000;
/** The answer waits this long for the tasks to be in their queues; accepted they are before. */
const EXPANDING_MS = 5_000;

/**
 * Accepts a batch: when this resolves, all of its tasks are stored, as one manifest. Resolves with
 * their ids, in order. Normally they are in their queues by then; what a crash or a full queue
 * leaves, the expander puts there. The same key gives the same ids.
 */
export async function acceptBatch(
  parts: GatewayParts,
  orders: readonly Order[],
  key: IdempotencyKey | undefined,
): Promise<string[]> {
  const { bus, broker, admission, allow } = parts;
  for (const [place, order] of orders.entries()) checkWebhook(order, allow, `/tasks/${place}`);
  const traceparent = traceparentOf();
  return broker.call(async () => {
    const own = newId();
    const id = key ? await claim(parts, key, own) : own;
    const ids = batchIds(id, orders.length);
    if (id !== own && (await isKnown(parts, id, ids))) return ids;
    const boosted = await Promise.all(orders.map((order) => boostedOrder(admission, order)));
    const batch = boosted.map((order, place) =>
      toBatchTask(order, key && place === 0 ? idemOf(key, id) : undefined),
    );
    const aloneUntil = performance.now() + EXPANDER_GRACE_MS;
    const { manifest, fresh } = await storeManifest(bus, id, batch, traceparent);
    if (fresh) {
      const expanded = expand(parts, manifest, aloneUntil);
      await Promise.race([expanded, sleep(EXPANDING_MS, undefined, { ref: false })]);
    }
    return ids;
  }, STORING_MS);
}

/** The manifest first: it goes only when the tasks are there. */
async function isKnown(
  { bus, projection }: GatewayParts,
  id: string,
  [first = '']: readonly string[],
): Promise<boolean> {
  return (await isStored(bus, id)) || (await projection.task(first)) !== undefined;
}

async function expand(
  { bus, log, logger }: GatewayParts,
  manifest: Manifest,
  aloneUntil: number,
): Promise<void> {
  try {
    await expandManifest(bus, log, tasks, manifest, { aloneUntil });
  } catch (err) {
    const { id: batchId } = manifest;
    logger.warn({ err, batchId }, 'an accepted batch is left to the expander');
  }
}

/** The first task remembers the key for the batch. */
const toBatchTask = ({ definition, ...order }: Order, idem?: string): BatchTask => ({
  ...order,
  ...(idem && { idem }),
  kind: definition.kind,
});
