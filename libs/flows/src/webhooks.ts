import { setTimeout as sleep } from 'node:timers/promises';
import { derivedId, type TaskDefinition, timeOfId } from '@slipstream/contracts';
import { type Bus, directLast } from '@slipstream/jetstream';
import { type EventLog, type HookedEnd, type Projection, submitOnce } from '@slipstream/tasklog';

export interface WebhookOptions {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly projection: Projection;
  /** The kind that tells a webhook; its payload is `{ taskId, run }`. */
  readonly definition: TaskDefinition;
}

/** How often we look whether the log went on. Looking costs nothing when it did not. */
const LOOK_MS = 100;

const POSITION = '$KV.runtime.webhooks';

/** How far the log was read. `stream` tells one log from another. */
interface Position extends HookedEnd {
  readonly stream: string;
}

/**
 * Submits one delivery for every run with a webhook that ends. The position is kept after the
 * deliveries are stored, and their ids follow from task and run: a restart loses none and repeats
 * none. Runs until `signal` aborts.
 */
export async function followWebhooks(options: WebhookOptions, signal: AbortSignal): Promise<void> {
  const { bus, projection } = options;
  let position = await readPosition(bus);
  let looked = -1;
  while (!signal.aborted) {
    const { applied } = projection;
    if (applied !== looked) {
      const { seq, id, run } = position;
      const ended = await projection.ask('hookedAfter', { seq, id, run });
      const last = ended.at(-1);
      if (last) {
        await submitDeliveries(options, ended, signal);
        position = { ...last, stream: position.stream };
        await bus.publisher.publishSurely(POSITION, JSON.stringify(position));
        continue;
      }
      looked = applied;
    }
    await sleep(LOOK_MS);
  }
}

function submitDeliveries(
  { bus, log, projection, definition }: WebhookOptions,
  ended: readonly HookedEnd[],
  signal: AbortSignal,
): Promise<void> {
  const deliveries = ended.map(({ id, run }) => ({
    id: deliveryId(id, run),
    definition,
    payload: { taskId: id, run },
    tags: [`webhook:${id}`],
  }));
  return submitOnce(bus, log, deliveries, { projection, signal });
}

/** The id of the delivery for one run of a task; the `webhook-id` that its receiver sees. */
export const deliveryId = (taskId: string, run: number): string =>
  derivedId(timeOfId(taskId), taskId, 'webhook', String(run));

/** From the beginning, when there is none or it belongs to another log. */
async function readPosition(bus: Bus): Promise<Position> {
  const { created: stream } = await bus.manager.streams.info('EVENTS');
  const stored = await directLast(bus, 'KV_runtime', POSITION);
  const known = stored && (JSON.parse(Buffer.from(stored.data).toString()) as Position);
  return known?.stream === stream ? known : { stream, seq: 0, id: '', run: 0 };
}
