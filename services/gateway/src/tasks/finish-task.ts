import { ProblemError } from '@slipstream/contracts';
import type { FastifyReply } from 'fastify';
import type { GatewayParts } from '../parts.ts';
import { whenGone } from '../when-gone.ts';
import { type TaskAnswer, taskAnswer } from './task-answer.ts';
import { hasEnded, waitForTask } from './wait-for-task.ts';

/**
 * Waits for a task and answers with its result and its id; with 202 and the task when `waitMs`
 * ends first. A task that failed is a problem.
 */
export async function answerWithResult(
  parts: GatewayParts,
  reply: FastifyReply,
  accepted: TaskAnswer,
  waitMs: number,
): Promise<FastifyReply> {
  const { bus, projection } = parts;
  const row = await waitForTask(projection, accepted.id, waitMs, whenGone(reply));
  const task = row ? await taskAnswer(bus, row) : accepted;
  reply.header('location', `/v1/tasks/${task.id}`);
  if (!row || !hasEnded(row)) return reply.code(202).send(task);
  return reply.send(resultOf(task));
}

/** The result of a task that has ended, with the task's id. Throws a problem when there is none. */
export function resultOf({ id, state, result, resultNote, error }: TaskAnswer): object {
  if (state === 'succeeded' && typeof result === 'object' && result !== null) {
    return { ...result, taskId: id };
  }
  if (state === 'cancelled') throw new ProblemError('task-cancelled', `Task ${id} was cancelled.`);
  const why = resultNote ?? (error ? `${error.code}: ${error.message}` : `it is ${state}`);
  throw new ProblemError('task-failed', `Task ${id} has no result: ${why}`);
}
