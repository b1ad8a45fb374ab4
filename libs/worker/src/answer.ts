import {
  type BlobRef,
  brandToken,
  type EventOf,
  nowText,
  subjects,
  type TaskErrorShape,
  type TaskMessage,
} from '@slipstream/contracts';
import { answers, putBlob } from '@slipstream/jetstream';
import { publishScheduled } from '@slipstream/tasklog';
import type { PoolParts } from './pool-parts.ts';
import type { Recall } from './recall.ts';
import type { RunningTask } from './running-task.ts';

/** Results above this many characters are kept outside the log. */
const INLINE_RESULT = 16 * 1_024;
const NAK_LIMIT_MS = 10_000;

/** The key of one run of a task in the memory of this process. */
export const keyOf = ({ id, run }: TaskMessage): string => `${id}.${run}`;

/** Each writes what happened, and resolves with the answer to the delivery when that is stored. */
export function createAnswers(parts: PoolParts, recall: Recall) {
  const { bus, log, worker, nakLimitMs = NAK_LIMIT_MS } = parts;
  const common = (task: RunningTask) => ({
    id: task.id,
    run: task.message.run,
    category: task.category,
    at: nowText(),
    kind: task.message.kind,
    attempt: task.attempt,
    startedAt: task.startedAt,
    worker,
    ...(task.flowSeq !== undefined && { flowSeq: task.flowSeq }),
  });

  async function end(
    task: RunningTask,
    event: EventOf<'succeeded' | 'failed' | 'waiting'>,
  ): Promise<Answer> {
    await log.append(event);
    recall.noteFinished(keyOf(task.message));
    return answers.ack;
  }

  return {
    /** Ended, or waits for its children. */
    async succeed(task: RunningTask, result: unknown): Promise<Answer> {
      const kept = result === undefined ? {} : await keep(task, result);
      return end(task, {
        ...common(task),
        type: task.hasChildren ? 'waiting' : 'succeeded',
        ...kept,
      });
    },

    fail: (task: RunningTask, error: TaskErrorShape): Promise<Answer> =>
      end(task, { ...common(task), type: 'failed', error }),

    async retry(task: RunningTask, error: TaskErrorShape, delayMs: number): Promise<Answer> {
      const due = Date.now() + delayMs;
      const nextRunAt = new Date(due).toISOString();
      await log.append({ ...common(task), type: 'retrying', error, nextRunAt });
      const { count } = task.delivery;
      recall.noteRetry(keyOf(task.message), { attempt: task.attempt, notBefore: due, count });
      if (delayMs <= nakLimitMs) return answers.nak(delayMs);
      const { message, category, attempt } = task;
      const again = { ...message, gen: message.gen + 1, attempts: attempt };
      await publishScheduled(bus, category, again, nextRunAt, task.traceparent);
      return answers.ack;
    },

    async giveBack(task: RunningTask, delayMs: number): Promise<Answer> {
      // A start that stands in the log needs an end there, or it counts as a crash.
      if (task.announced) {
        const { kind: _kind, flowSeq: _flowSeq, ...start } = common(task);
        await log.append({ ...start, type: 'given-back' });
      }
      return answers.nak(delayMs);
    },

    async announce(task: RunningTask): Promise<void> {
      task.announced = true;
      const { id, run, category, kind: _kind, ...rest } = common(task);
      const at = rest.startedAt;
      await log.append({ type: 'started', id, run, category, at, attempt: task.attempt, worker });
    },
  };

  async function keep(
    { definition, message }: RunningTask,
    result: unknown,
  ): Promise<{ result?: unknown; resultRef?: BlobRef }> {
    const text = JSON.stringify(result);
    if (!definition.resultHoldsText && text.length <= INLINE_RESULT) return { result };
    const brand = (message.payload as { brand?: unknown } | null)?.brand;
    const space = typeof brand === 'string' ? brandToken(brand) : brandToken('*');
    return { resultRef: await putBlob(bus, space, Buffer.from(text)) };
  }
}

/** What JetStream is told about a delivery. */
export type Answer = string | Uint8Array;

/** The subject on which cancels of any task are broadcast. */
export const anyCancel = subjects.cancel('*');
