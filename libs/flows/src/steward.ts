import type { JsMsg } from '@nats-io/jetstream';
import { type Category, categories, type TaskMessage, type TaskTable } from '@slipstream/contracts';
import { type Bus, followConsumer, headerOf } from '@slipstream/jetstream';
import {
  type EventLog,
  enqueue,
  firingId,
  publishTask,
  type RecurringMessage,
  submit,
} from '@slipstream/tasklog';
import type { Logger } from '@slipstream/telemetry';

export interface StewardOptions {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly tasks: TaskTable;
  readonly logger: Logger;
}

/**
 * Puts tasks whose time has come into their queues. The server fires schedules into `due.>`; each
 * is published under an id that follows from what fired, and then acknowledged, so a crash in
 * between repeats nothing. Runs until `signal` aborts.
 */
export async function steward(options: StewardOptions, signal: AbortSignal): Promise<void> {
  const { bus, logger } = options;
  const onError = (err: unknown) => logger.warn({ err }, 'due tasks cannot be read yet');
  const messages = followConsumer(bus, 'SCHED', 'steward', { signal, batch: 100, onError });
  for await (const message of messages) {
    try {
      await publishDue(options, message);
      message.ack();
    } catch (err) {
      logger.warn({ err, subject: message.subject }, 'a due task could not be published yet');
      message.nak(1_000);
    }
  }
}

async function publishDue({ bus, log, tasks }: StewardOptions, message: JsMsg): Promise<void> {
  const [, category] = message.subject.split('.') as ['due', Category];
  if (!(category in categories)) throw new Error(`'${category}' is not a category`);
  const body = message.json<TaskMessage | RecurringMessage>();
  if ('schedule' in body) {
    const definition = tasks[body.kind];
    if (!definition)
      throw new Error(`schedule ${body.schedule} names the unknown kind ${body.kind}`);
    const { schedule, payload } = body;
    const id = firingId(schedule, message.info.timestampNanos / 1e6);
    await submit(bus, log, { definition, payload, id, tags: [`schedule:${schedule}`] });
    return;
  }
  const traceparent = headerOf(message.headers, 'traceparent');
  const definition = tasks[body.kind];
  if (definition) return enqueue(bus, definition, body, traceparent);
  await publishTask(bus, category, body, traceparent);
}
