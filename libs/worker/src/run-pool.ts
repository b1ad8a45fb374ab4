import {
  type Category,
  defaultRetry,
  defaultTimeoutMs,
  isLaterPayload,
  payloadMistakes,
  subjects,
  type TaskMessage,
  type TaskTable,
  TerminalError,
} from '@slipstream/contracts';
import {
  type Ages,
  answers,
  createAgeing,
  type Delivery,
  headerOf,
  Puller,
  taskStream,
} from '@slipstream/jetstream';
import {
  askTaskState,
  CHECK_HEADER,
  isOver,
  lateMessage,
  QUEUE_TIMEOUT,
} from '@slipstream/tasklog';
import { inTrace, isSampled, metrics, SpanKind, withSpan } from '@slipstream/telemetry';
import { createAdmission } from './admission.ts';
import { type Answer, anyCancel, createAnswers, keyOf } from './answer.ts';
import { type ControlOptions, controlPool } from './control-pool.ts';
import type { Handler, Handlers } from './handler.ts';
import { startKeepAlive } from './keep-alive.ts';
import { judge } from './outcome.ts';
import type { PoolParts } from './pool-parts.ts';
import { createPoolStats, type PoolStats } from './pool-stats.ts';
import { readLater } from './read-later.ts';
import { Recall } from './recall.ts';
import { RunningTask } from './running-task.ts';

export interface PoolOptions<C extends Category, Table extends TaskTable> extends ControlOptions {
  readonly category: C;
  readonly tasks: Table;
  readonly handlers: Handlers<C, Table>;
  /** How long a shutdown waits for what is in hand before giving it back. Default 20 s. */
  readonly drainMs?: number;
}

export interface Pool extends AsyncDisposable {
  readonly category: Category;
  readonly slots: number;
  readonly stats: PoolStats;
  /** Tasks whose handlers run, at most one for each slot. */
  readonly inHand: number;
  /** False when the server has not answered a pull for 3 s. */
  readonly alive: boolean;
  /** In words, why nothing moves although it should. */
  readonly stuck: string | undefined;
}

const SWEEP_MS = 25;
/** A run that ends sooner is told by its outcome alone. */
const ANNOUNCE_AFTER_MS = 20;
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
  const { category, tasks, drainMs = 20_000 } = options;
  const handlers = options.handlers as unknown as Readonly<Record<string, Handler>>;
  const recall = new Recall();
  const answer = createAnswers(parts, recall);
  const stats = createPoolStats();
  const running = new Set<RunningTask>();
  const keepAlive = startKeepAlive(bus.url, `${bus.name}-${category}`);
  const ageing = createAgeing();
  /** Below these sequences a message may have been delivered before the connection was lost. */
  const seenUpTo: number[] = [];
  const suspectUpTo: number[] = [];
  let idle: (() => void) | undefined;

  const cancels = bus.connection.subscribe(anyCancel, {
    callback(_error, { subject, data }) {
      const key = `${subject.slice(subject.lastIndexOf('.') + 1)}.${Buffer.from(data)}`;
      recall.noteCancelled(key);
      for (const task of running)
        if (keyOf(task.message) === key) task.stop('cancelled', 'cancelled by a user');
    },
  });
  const unlisten = bus.onStatus((status) => {
    if (status === 'disconnect')
      seenUpTo.forEach((seq, priority) => {
        suspectUpTo[priority] = seq;
      });
  });

  const ages = bus.connection.subscribe(subjects.ages(category), {
    callback: (_error, message) => ageing.setAges(message.json<Ages>()),
  });
  const control = controlPool(parts, options, {
    ageing,
    running,
    ended: () => stats.values.ended,
  });
  const { isCancelled } = recall;
  const { beat } = keepAlive;
  const slots = (): number => control.slots;
  const limits = () => control.limits;
  const admission = createAdmission(parts, { category, slots, limits, isCancelled, beat });
  const puller = new Puller(bus, {
    stream: taskStream(category),
    slots: control.room,
    ageing,
    onDelivery: (delivery) => void serve(delivery),
  });
  const showBusy: Parameters<typeof metrics.slotsBusy.addCallback>[0] = (gauge) =>
    gauge.observe(puller.inHand, { category });
  metrics.slotsBusy.addCallback(showBusy);

  control.drive(puller);

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

  const isIdle = (): boolean => puller.inHand + puller.settling === 0;

  async function serve(delivery: Delivery): Promise<void> {
    let handled = false;
    const handledOnce = (): void => {
      if (!handled) puller.handled();
      handled = true;
    };
    let answer: Answer | undefined;
    try {
      answer = await take(delivery, handledOnce);
    } catch (err) {
      logger.error({ err, subject: delivery.subject }, 'a delivery was left to its redelivery');
    }
    handledOnce();
    puller.answered();
    if (answer !== undefined) bus.soon(() => send(delivery, answer));
    if (isIdle()) idle?.();
  }

  /** A connection that is closed for good leaves the delivery to its redelivery. */
  function send({ reply }: Delivery, answer: Answer): void {
    if (!bus.connection.isClosed()) bus.connection.publish(reply, answer);
  }

  /** `handled` is told when the handler has ended, before its outcome is stored. */
  async function take(delivery: Delivery, handled: () => void): Promise<Answer> {
    const message = readMessage(delivery);
    const definition = message && tasks[message.kind];
    const handler = message && handlers[message.kind];
    if (!message || !definition || !handler) return refuse(delivery, message);
    const suspect = isSuspect(delivery);
    const checked = suspect || delivery.count > 1 || headerOf(delivery.headers, CHECK_HEADER);
    const attempt = checked
      ? await attemptOf(delivery, message, suspect)
      : (message.attempts ?? 0) + 1;
    if (typeof attempt !== 'number') return attempt.answer;
    const claim = admission.claimOf(definition, message);
    const entry = claim && (await admission.enter(delivery, message, claim, attempt));
    if (entry && 'answer' in entry) return entry.answer;
    // Asked last: from here on a cancel finds the task among those that run.
    if (recall.isCancelled(keyOf(message))) {
      entry?.leave();
      return answers.ack;
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
      return await run(task, handler, handled);
    } finally {
      running.delete(task);
      entry?.leave();
    }
  }

  /** Whether it may have been delivered before a restart of the broker, which makes counts start again. */
  function isSuspect({ seq, priority }: Delivery): boolean {
    if (seq > (seenUpTo[priority] ?? 0)) seenUpTo[priority] = seq;
    return seq <= (suspectUpTo[priority] ?? 0);
  }

  /** The attempt to make, or the answer for a delivery that must not run: as the log says. */
  async function attemptOf(
    delivery: Delivery,
    message: TaskMessage,
    suspect: boolean,
  ): Promise<number | { answer: Answer }> {
    const key = keyOf(message);
    if (recall.isFinished(key)) return { answer: answers.ack };
    const first = (message.attempts ?? 0) + 1;
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

  async function run(task: RunningTask, handler: Handler, handled: () => void): Promise<Answer> {
    const { message, definition, attempt, traceparent } = task;
    if (task.delivery.count > 1) await answer.announce(task);
    metrics.waitDuration.record(
      Math.max(0, Date.parse(task.startedAt) - Date.parse(message.createdAt)) / 1_000,
      { category, priority: message.priority },
    );
    const handle = () =>
      task.guard(async () => {
        // Handed over before: it may have been started in time.
        if (attempt === 1 && task.delivery.count === 1 && isLate(message)) {
          throw new TerminalError(lateMessage, { code: QUEUE_TIMEOUT });
        }
        const payload = isLaterPayload(message.payload)
          ? await readLater(bus, message.payload)
          : message.payload;
        const [mistake] = payloadMistakes(definition, payload);
        if (mistake) {
          const { path, message: why } = mistake;
          throw new TerminalError(`payload: ${path} ${why}`, { code: 'invalid-payload' });
        }
        return handler(payload as never, task as never);
      });
    let outcome = 'succeeded';
    let reply: Answer;
    try {
      const result = await (traceparent && !isSampled(traceparent)
        ? inTrace(traceparent, handle)
        : traced(task, handle));
      handled();
      reply = await answer.succeed(task, result);
    } catch (error) {
      handled();
      [outcome, reply] = await settle(task, error);
    }
    const ms = performance.now() - task.since;
    stats.note(outcome, ms);
    metrics.processDuration.record(ms / 1_000, { category, kind: message.kind, outcome });
    return reply;

    async function settle(failed: RunningTask, error: unknown): Promise<[string, Answer]> {
      const maxAttempts = message.maxAttempts ?? (definition.retry ?? defaultRetry).maxAttempts;
      const verdict = judge(error, attempt, maxAttempts, { retry: definition.retry });
      const fields = { err: error, taskId: failed.id, kind: message.kind, attempt };
      switch (verdict.next) {
        case 'fail':
          logger.warn(fields, 'task failed');
          return ['failed', await answer.fail(failed, verdict.error)];
        case 'retry':
          logger.info({ ...fields, delayMs: verdict.delayMs }, 'task will be retried');
          return ['retrying', await answer.retry(failed, verdict.error, verdict.delayMs)];
        case 'give-back':
          return ['given-back', await answer.giveBack(failed, verdict.delayMs)];
        case 'drop':
          // It had ended before: nothing to write.
          recall.noteFinished(keyOf(failed.message));
          return ['cancelled', answers.ack];
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

  function refuse(delivery: Delivery, message: TaskMessage | undefined): Answer {
    if (message) {
      logger.warn({ taskId: message.id, kind: message.kind }, 'no handler for this kind here');
      return answers.nak(UNKNOWN_KIND_DELAY_MS);
    }
    logger.error({ subject: delivery.subject }, 'a message in the queue is not a task');
    return answers.term('not a task: the body is not the JSON of one');
  }

  return {
    category,
    get slots() {
      return control.slots;
    },
    stats: stats.values,
    get inHand() {
      return puller.inHand;
    },
    get alive() {
      return control.alive;
    },
    get stuck() {
      return control.stuck;
    },
    async [Symbol.asyncDispose]() {
      control[Symbol.dispose]();
      puller.stop();
      const drained = new Promise<void>((resolve) => {
        idle = resolve;
        if (isIdle()) resolve();
      });
      const deadline = setTimeout(() => {
        for (const task of running) task.stop('shutdown', 'the worker is shutting down', 1_000);
      }, drainMs);
      await drained;
      clearTimeout(deadline);
      clearInterval(sweep);
      await parts.log.flush();
      cancels.unsubscribe();
      ages.unsubscribe();
      metrics.slotsBusy.removeCallback(showBusy);
      await admission[Symbol.asyncDispose]();
      await keepAlive[Symbol.asyncDispose]();
      unlisten();
      await bus.flush();
      puller.close();
    },
  };
}

const isLate = ({ startBy }: TaskMessage): boolean =>
  startBy !== undefined && Date.parse(startBy) < Date.now();

function readMessage({ data }: Delivery): TaskMessage | undefined {
  try {
    const message = JSON.parse(Buffer.from(data).toString()) as TaskMessage;
    return typeof message.id === 'string' && typeof message.kind === 'string' ? message : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
