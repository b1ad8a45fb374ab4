import { newId, type Task } from '@slipstream/contracts';
import { mergeEvent, newRow, type Submission, submit, taskView } from '@slipstream/tasklog';
import type { GatewayParts } from '../parts.ts';
import { checkWebhook } from './check-payload.ts';
import { claim, type IdempotencyKey, idemOf } from './idempotency.ts';
import { taskAnswer } from './task-answer.ts';

/** What is asked for: a submission whose id the gateway chooses. */
export type Order = Omit<Submission, 'id' | 'traceparent' | 'idem'>;

/**
 * Accepts a task: when this resolves, the task and the fact that it was submitted are stored. The
 * same key gives the same task, and a task whose first submission broke off is submitted again.
 */
export async function acceptTask(
  parts: GatewayParts,
  order: Order,
  key: IdempotencyKey | undefined,
): Promise<Task> {
  const { bus, broker, log, projection, allow } = parts;
  checkWebhook(order, allow);
  return broker.call(async () => {
    const own = newId();
    const id = key ? await claim(parts, key, own) : own;
    if (id !== own) {
      const row = await projection.task(id);
      if (row) return taskAnswer(bus, row);
    }
    const submitted = await submit(bus, log, {
      ...order,
      id,
      ...(key && { idem: idemOf(key) }),
    });
    return viewOf(submitted, order.runAt);
  });
}

/** The task as it is when it has just been stored; the projection shows it a moment later. */
function viewOf(
  { task, category, traceparent }: Awaited<ReturnType<typeof submit>>,
  runAt: number | undefined,
): Task {
  const due = runAt !== undefined && runAt > Date.now() ? new Date(runAt).toISOString() : undefined;
  const event = {
    type: 'submitted',
    id: task.id,
    run: task.run,
    category,
    at: task.createdAt,
    task,
    ...(traceparent && { traceparent }),
    ...(due && { runAt: due }),
  } as const;
  const row = newRow(event);
  mergeEvent(row, event, 0);
  return taskView(row);
}
