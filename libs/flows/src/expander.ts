import type { JsMsg } from '@nats-io/jetstream';
import type { TaskTable } from '@slipstream/contracts';
import { type Bus, followConsumer } from '@slipstream/jetstream';
import {
  type EventLog,
  EXPANDER_GRACE_MS,
  expandManifest,
  type Manifest,
  type Projection,
} from '@slipstream/tasklog';
import type { Logger } from '@slipstream/telemetry';

export interface ExpanderOptions {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly projection: Projection;
  readonly tasks: TaskTable;
  readonly logger: Logger;
  /** How long the gateway that accepted a batch has it for itself. Default `EXPANDER_GRACE_MS`. */
  readonly graceMs?: number;
}

/** A full queue has room again when workers have taken from it. */
const AGAIN_MS = 2_000;

/**
 * Puts the tasks of accepted batches into their queues. The gateway does that too, at once; this is
 * for what a gateway that died or met a full queue has left. A batch stays in BATCHES until all of
 * its tasks are stored, so nothing is lost; what has begun is asked first, so nothing is repeated.
 * Runs until `signal` aborts.
 */
export async function expandBatches(options: ExpanderOptions, signal: AbortSignal): Promise<void> {
  const { bus, logger, graceMs = EXPANDER_GRACE_MS } = options;
  const onError = (err: unknown) => logger.warn({ err }, 'accepted batches cannot be read yet');
  for await (const message of followConsumer(bus, 'BATCHES', 'expander', {
    signal,
    batch: 1,
    onError,
  })) {
    if (message.info.deliveryCount === 1) {
      message.nak(graceMs);
      continue;
    }
    try {
      await expand(options, message, signal);
      message.ack();
    } catch (err) {
      if (!signal.aborted) {
        logger.warn({ err, subject: message.subject }, 'a batch is not in its queues yet');
      }
      message.nak(AGAIN_MS);
    }
  }
}

async function expand(
  { bus, log, projection, tasks, logger }: ExpanderOptions,
  message: JsMsg,
  signal: AbortSignal,
): Promise<void> {
  const manifest = message.json<Manifest>();
  const onGroup = (): void => message.working();
  const options = { projection, signal, onGroup };
  const expanded = await expandManifest(bus, log, tasks, manifest, options);
  const { id: batchId, count } = manifest;
  if (expanded) logger.info({ batchId, count }, 'a batch was put into its queues');
}
