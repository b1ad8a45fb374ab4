import type { QueueCounts } from '@slipstream/jetstream';
import { metrics } from '@slipstream/telemetry';
import type { GatewayParts } from '../parts.ts';
import { readCounts } from './queue-status.ts';

/** Several scrapers within this time share one look at the broker. */
const FRESH_MS = 2_000;

type Gauge = typeof metrics.queueWaiting;
type Observe = Parameters<Gauge['addCallback']>[0];

/** Shows the queues and the projection's lag whenever metrics are scraped, until it is disposed. */
export function observeQueues({ bus, broker, projection, logger }: GatewayParts): Disposable {
  let counts: { readonly at: number; readonly read: Promise<readonly QueueCounts[]> } | undefined;
  const fresh = (): Promise<readonly QueueCounts[]> => {
    const now = performance.now();
    if (!counts || now - counts.at > FRESH_MS) {
      counts = { at: now, read: broker.call(() => readCounts(bus), 1_000) };
    }
    return counts.read;
  };

  /** Without the broker a gauge has no value; that it is away is told elsewhere. */
  const unlessAway =
    (observe: Observe): Observe =>
    async (result) => {
      if (!broker.connected) return;
      try {
        await observe(result);
      } catch (err) {
        logger.debug({ err }, 'a gauge could not be read');
      }
    };
  const stack = new DisposableStack();
  const show = (gauge: Gauge, observe: Observe): void => {
    const callback = unlessAway(observe);
    gauge.addCallback(callback);
    stack.defer(() => gauge.removeCallback(callback));
  };

  show(metrics.queueWaiting, async (result) => {
    for (const { category, priority, waiting } of await fresh()) {
      result.observe(waiting, { category, priority });
    }
  });
  show(metrics.queueInHand, async (result) => {
    for (const { category, priority, inHand } of await fresh()) {
      result.observe(inHand, { category, priority });
    }
  });
  show(metrics.projectionLag, async (result) => {
    const { state } = await broker.call(() => bus.manager.streams.info('EVENTS'), 1_000);
    result.observe(Math.max(0, state.last_seq - projection.applied), { service: 'gateway' });
  });
  return stack;
}
