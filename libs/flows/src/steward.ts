import { type JsMsg, jetstream } from '@nats-io/jetstream';
import type { Category, TaskMessage } from '@slipstream/contracts';
import { categories, subjects } from '@slipstream/contracts';
import { type Bus, headerOf } from '@slipstream/jetstream';
import { publishTask } from '@slipstream/tasklog';
import type { Logger } from '@slipstream/telemetry';

/** What a fired schedule carries: a task message, or the makings of one that repeats. */
export type DueHandler = (message: TaskMessage, firedAt: Date) => TaskMessage;

/**
 * Puts tasks whose time has come into their queues. The server fires schedules into `due.>`; each
 * is published with its dedupe id and then acknowledged, so a crash in between repeats nothing.
 * Runs until `signal` aborts.
 */
export async function steward(
  { bus, logger }: { bus: Bus; logger: Logger },
  signal: AbortSignal,
): Promise<void> {
  const consumer = await jetstream(bus.connection).consumers.get('SCHED', 'steward');
  const messages = await consumer.consume({ max_messages: 100 });
  signal.addEventListener('abort', () => void messages.close(), { once: true });
  for await (const message of messages) {
    try {
      await publishDue(bus, message);
      message.ack();
    } catch (err) {
      logger.warn({ err, subject: message.subject }, 'a due task could not be published yet');
      message.nak(1_000);
    }
  }
}

async function publishDue(bus: Bus, message: JsMsg): Promise<void> {
  const [, category] = message.subject.split('.') as ['due', Category];
  if (!(category in categories)) throw new Error(`'${category}' is not a category`);
  const task = message.json<TaskMessage>();
  const traceparent = headerOf(message.headers, 'traceparent');
  const subject = subjects.task(category, task.priority, task.id);
  await publishTask(bus, subject, category, task, traceparent);
}
