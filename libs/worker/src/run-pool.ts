import {
  type Category,
  defaultRetry,
  defaultTimeoutMs,
  payloadMistakes,
  type TaskMessage,
  type TaskTable,
  TerminalError,
} from '@slipstream/contracts';
import { answers, type Delivery, headerOf, Puller, taskStream } from '@slipstream/jetstream';
import { askTaskState, isOver } from '@slipstream/tasklog';
import { inTrace, isSampled, metrics, SpanKind, withSpan } from '@slipstream/telemetry';
import { anyCancel, createAnswers, runKey } from './answer.ts';
import type { Handler, Handlers } from './handler.ts';
import { startKeepAlive } from './keep-alive.ts';
import { judge } from './outcome.ts';
import type { PoolParts } from './pool-parts.ts';
import { createPoolStats, type PoolStats } from './pool-stats.ts';
import { Recall } from './recall.ts';
import { RunningTask } from './running-task.ts';

export interface PoolOptions<C extends Category, Table extends TaskTable> {
  readonly category: C;
  readonly tasks: Table;
  readonly handlers: Handlers<C, Table>;
  /** Tasks in hand at once. */
  readonly slots: number;
  /** How long a shutdown waits for what is in hand before giving it back. Default 20 s. */
  readonly drainMs?: number;
}

export interface Pool extends AsyncDisposable {
  readonly category: Category;
  readonly slots: number;
  readonly stats: PoolStats;
  /** Tasks in hand. */
  readonly inHand: number;
  /** False when the server has not answered a pull for 3 s. */
  readonly alive: boolean;
}

const SWEEP_MS = 25;
/** A run that ends sooner is told by its outcome alone. */
const ANNOUNCE_AFTER_MS = 20;
const SILENT_MS = 3_000;
/** A kind that this worker does not know (a newer version's): somebody else may. */
const UNKNOWN_KIND_DELAY_MS = 10_000;

/**
 * Pulls the tasks of one category, never more than there are free slots, runs their handlers, and
 * answers each delivery exactly once, after its outcome was stored.
 */
export function runPool<C extends Category, Table extends TaskTable>(
  parts: PoolParts,
  options: PoolOptions<C, Table>,
): Pool {
  const { bus, logger } = parts;
  const { category, slots, tasks, drainMs = 20_000 } = options;
  const handlers = options.handlers as unknown as Readonly<Record<string, Handler>>;
  const recall = new Recall();
  const answer = createAnswers(parts, recall);
  const stats = createPoolStats();
  const running = new Set<RunningTask>();
  const keepAlive = startKeepAlive(bus.url, `${bus.name}-${category}`);
  /** Below these sequences a message may have been delivered before the connection was lost. */
  const seenUpTo: number[] = [];
  const suspectUpTo: number[] = [];
  let idle: (() => void) | undefined;

  const cancels = bus.connection.subscribe(anyCancel, {
    callback(_error, { subject }) {
      const id = subject.slice(subject.lastIndexOf('.') + 1);
      recall.noteCancelled(id);
      for (const task of running) if (task.id === id) task.stop('cancelled', 'cancelled by a user');
    },
  });
  const unlisten = bus.onStatus((status) => {
    if (status === 'disconnect')
      seenUpTo.forEach((seq, priority) => {
        suspectUpTo[priority] = seq;
      });
  });

  const puller = new Puller(bus, {
    stream: taskStream(category),
    slots: () => slots,
    onDelivery(delivery) {
      metrics.slotsBusy.add(1, { category });
      take(delivery)
        .catch((err: unknown) =>
          logger.error({ err, subject: delivery.subject }, 'a delivery was left to its redelivery'),
        )
        .finally(() => {
          metrics.slotsBusy.add(-1, { category });
          puller.release();
          if (puller.inHand === 0) idle?.();
        });
    },
  });

  const sweep = setInterval(() => {
    const now = performance.now();
    for (const task of running) {
      const ageMs = now - task.since;
      if (!task.announced && ageMs >= ANNOUNCE_AFTER_MS) {
        answer
          .announce(task)
          .catch((err: unknown) => task.log.warn({ err }, 'start was not stored'));
      }
      if (ageMs > task.timeoutMs) {
        task.stop('timeout', `did not end within ${task.timeoutMs} ms`);
      }
    }
    keepAlive.update(
      Iterator.from(running).map(({ delivery, since }) => ({ reply: delivery.reply, since })),
    );
  }, SWEEP_MS);

  async function take(delivery: Delivery): Promise<void> {
    const message = readMessage(delivery);
    const definition = message && tasks[message.kind];
    const handler = message && handlers[message.kind];
    if (!message || !definition || !handler) return refuse(delivery, message);

    const attempt = await attemptOf(delivery, message);
    if (typeof attempt !== 'number') {
      bus.connection.publish(delivery.reply, attempt.answer);
      return;
    }
    const task = new RunningTask(parts, {
      message,
      definition,
      delivery,
      attempt,
      traceparent: headerOf(delivery.headers, 'traceparent'),
      timeoutMs: message.timeoutMs ?? definition.timeoutMs ?? defaultTimeoutMs,
    });
    running.add(task);
    try {
      await run(task, handler);
    } finally {
      running.delete(task);
    }
  }

  /** The attempt to make, or the answer for a delivery that must not run. */
  async function attemptOf(
    delivery: Delivery,
    message: TaskMessage,
  ): Promise<number | { answer: string }> {
    const key = `${message.id}.${message.run}`;
    const first = (message.attempts ?? 0) + 1;
    if (recall.isFinished(key) || recall.isCancelled(message.id)) return { answer: answers.ack };
    const suspect = delivery.seq <= (suspectUpTo[delivery.priority] ?? 0);
    if (delivery.seq > (seenUpTo[delivery.priority] ?? 0))
      seenUpTo[delivery.priority] = delivery.seq;
    if (delivery.count === 1 && !suspect) return first;

    metrics.redeliveries.add(1, { category });
    const remembered = recall.retryOf(key);
    // Another process may have had it in between, and after a crash of the broker counts say nothing.
    const local = !suspect && remembered?.count === delivery.count - 1 ? remembered : undefined;
    const known = local
      ? { run: message.run, state: 'retrying' as const, ...local }
      : await askTaskState(bus, message.id);
    if (!known || known.run < message.run) return Math.max(first, (remembered?.attempt ?? 0) + 1);
    if (isOver(known, message.run) || known.state === 'waiting') return { answer: answers.ack };
    const waitMs = (known.notBefore ?? 0) - Date.now();
    if (waitMs > 20) return { answer: answers.nak(waitMs) };
    return Math.max(first, known.state === 'retrying' ? known.attempt + 1 : known.attempt);
  }

  async function run(task: RunningTask, handler: Handler): Promise<void> {
    const { message, definition, attempt, traceparent } = task;
    if (task.delivery.count > 1) await answer.announce(task);
    metrics.waitDuration.record(
      Math.max(0, task.startedAt.getTime() - Date.parse(message.createdAt)) / 1_000,
      { category, priority: message.priority },
    );
    const handle = () =>
      task.guard(async () => {
        const [mistake] = payloadMistakes(definition, message.payload);
        if (mistake) {
          const { path, message: why } = mistake;
          throw new TerminalError(`payload: ${path} ${why}`, { code: 'invalid-payload' });
        }
        return handler(message.payload, task as never);
      });
    let outcome = 'succeeded';
    try {
      const result = await (traceparent && !isSampled(traceparent)
        ? inTrace(traceparent, handle)
        : traced(task, handle));
      await answer.succeed(task, result);
    } catch (error) {
      outcome = await settle(task, error);
    }
    stats.note(outcome, performance.now() - task.since);
    metrics.processDuration.record((performance.now() - task.since) / 1_000, {
      category,
      kind: message.kind,
      outcome,
    });

    async function settle(failed: RunningTask, error: unknown): Promise<string> {
      const maxAttempts = message.maxAttempts ?? (definition.retry ?? defaultRetry).maxAttempts;
      const verdict = judge(error, attempt, maxAttempts, { retry: definition.retry });
      const fields = { err: error, taskId: failed.id, kind: message.kind, attempt };
      switch (verdict.next) {
        case 'fail':
          logger.warn(fields, 'task failed');
          await answer.fail(failed, verdict.error);
          return 'failed';
        case 'retry':
          logger.info({ ...fields, delayMs: verdict.delayMs }, 'task will be retried');
          await answer.retry(failed, verdict.error, verdict.delayMs);
          return 'retrying';
        case 'give-back':
          await answer.giveBack(failed, verdict.delayMs);
          return 'given-back';
        case 'drop':
          recall.noteFinished(runKey(failed));
          answer.drop(failed);
          return 'cancelled';
      }
    }
  }

  /** The run as a span: attempts of one task are siblings under its publish span. */
  function traced<T>(task: RunningTask, handle: () => Promise<T>): Promise<T> {
    const destination = `tasks.${category}.${task.message.priority}`;
    return withSpan(
      `process ${destination}`,
      {
        kind: SpanKind.CONSUMER,
        parent: task.traceparent,
        attributes: {
          'messaging.system.name': 'nats',
          'messaging.operation.name': 'process',
          'messaging.operation.type': 'process',
          'messaging.destination.name': destination,
          'messaging.message.id': task.id,
          'slip.task.kind': task.message.kind,
          'slip.task.attempt': task.attempt,
        },
      },
      handle,
    );
  }

  function refuse(delivery: Delivery, message: TaskMessage | undefined): void {
    if (message) {
      logger.warn({ taskId: message.id, kind: message.kind }, 'no handler for this kind here');
      bus.connection.publish(delivery.reply, answers.nak(UNKNOWN_KIND_DELAY_MS));
    } else {
      logger.error({ subject: delivery.subject }, 'a message in the queue is not a task');
      bus.connection.publish(
        delivery.reply,
        answers.term('not a task: the body is not the JSON of one'),
      );
    }
  }

  return {
    category,
    slots,
    stats: stats.values,
    get inHand() {
      return puller.inHand;
    },
    get alive() {
      return puller.silentMs < SILENT_MS;
    },
    async [Symbol.asyncDispose]() {
      puller.stop();
      const drained = new Promise<void>((resolve) => {
        idle = resolve;
        if (puller.inHand === 0) resolve();
      });
      const deadline = setTimeout(() => {
        for (const task of running) task.stop('shutdown', 'the worker is shutting down', 1_000);
      }, drainMs);
      await drained;
      clearTimeout(deadline);
      clearInterval(sweep);
      await parts.log.flush();
      cancels.unsubscribe();
      await keepAlive[Symbol.asyncDispose]();
      unlisten();
      await bus.flush();
      puller.close();
    },
  };
}

function readMessage({ data }: Delivery): TaskMessage | undefined {
  try {
    const message = JSON.parse(Buffer.from(data).toString()) as TaskMessage;
    return typeof message.id === 'string' && typeof message.kind === 'string' ? message : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
