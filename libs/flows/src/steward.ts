import type { JsMsg } from '@nats-io/jetstream';
import { type Category, categories, type TaskMessage } from '@slipstream/contracts';
import { followConsumer, headerOf } from '@slipstream/jetstream';
import {
  type DeadlineMessage,
  enqueue,
  type FiringMessage,
  failUnstarted,
  isDeadline,
  isFiring,
  publishTask,
  RUN_AT_HEADER,
} from '@slipstream/tasklog';
import {
  createScheduleKeeper,
  type KeeperOptions,
  type ScheduleKeeper,
} from './schedule-keeper.ts';

/**
 * Puts tasks whose time has come into their queues. The server fires schedules into `due.>`. A
 * delayed task is published under its own id and then acknowledged, so a crash in between repeats
 * nothing; a recurring schedule wakes its keeper. Runs until `signal` aborts.
 */
export async function steward(options: KeeperOptions, signal: AbortSignal): Promise<void> {
  const keeper = createScheduleKeeper(options);
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  try {
    await Promise.all([keeper.run(both), followDue(options, keeper, both)]);
  } finally {
    stop.abort();
  }
}

async function followDue(
  options: KeeperOptions,
  keeper: ScheduleKeeper,
  signal: AbortSignal,
): Promise<void> {
  const { logger, bus } = options;
  const onError = (err: unknown) => logger.warn({ err }, 'due tasks cannot be read yet');
  const messages = followConsumer(bus, 'SCHED', 'steward', { signal, batch: 100, onError });
  for await (const message of messages) {
    try {
      const earlyMs = notBefore(message) - Date.now();
      if (earlyMs > 0) {
        message.nak(Math.ceil(earlyMs));
        continue;
      }
      await takeDue(options, keeper, message);
      message.ack();
    } catch (err) {
      logger.warn({ err, subject: message.subject }, 'a due task could not be published yet');
      message.nak(1_000);
    }
  }
}

/** Milliseconds since 1970 before which a due task may not start. */
const notBefore = ({ headers }: JsMsg): number =>
  Date.parse(headerOf(headers, RUN_AT_HEADER) ?? '') || 0;

async function takeDue(
  options: KeeperOptions,
  keeper: ScheduleKeeper,
  message: JsMsg,
): Promise<void> {
  const { bus, tasks } = options;
  const [, category] = message.subject.split('.') as ['due', Category];
  if (!(category in categories)) throw new Error(`'${category}' is not a category`);
  const body = message.json<TaskMessage | FiringMessage | DeadlineMessage>();
  if (isFiring(body)) {
    keeper.wake(body.schedule, message.info.timestampNanos / 1e6);
    return;
  }
  if (isDeadline(body)) return failUnstarted(options, category, body.deadline);
  const traceparent = headerOf(message.headers, 'traceparent');
  const definition = tasks[body.kind];
  if (definition) return enqueue(bus, definition, body, traceparent);
  await publishTask(bus, category, body, traceparent);
}
