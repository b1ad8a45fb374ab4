import { newId, type Task } from '@slipstream/contracts';
import {
  mergeEvent,
  newRow,
  type Submission,
  type Submitted,
  submit,
  taskView,
} from '@slipstream/tasklog';
import { boostedOrder } from '../control/boost.ts';
import type { GatewayParts } from '../parts.ts';
import { checkWebhook } from './check-payload.ts';
import { claim, type IdempotencyKey, idemOf } from './idempotency.ts';
import { type TaskAnswer, taskAnswer } from './task-answer.ts';

/** What is asked for: a submission whose id the gateway chooses. */
export type Order = Omit<Submission, 'id' | 'traceparent' | 'idem'>;

/**
 * Accepts a task: when this resolves, the task and the fact that it was submitted are stored. The
 * same key gives the same task, and a task whose first submission broke off is submitted again.
 */
export async function acceptTask(
  parts: GatewayParts,
  asked: Order,
  key: IdempotencyKey | undefined,
): Promise<TaskAnswer> {
  const { bus, broker, log, projection, admission, allow } = parts;
  checkWebhook(asked, allow);
  const own = newId();
  const id = key && (await broker.call(() => claim(parts, key, own)));
  if (id !== undefined && id !== own) {
    const row = await broker.call(() => projection.task(id));
    if (row) return broker.call(() => taskAnswer(bus, row));
  }
  const order = await boostedOrder(admission, asked);
  const { definition, priority = definition.priority, runAt = 0 } = order;
  const keyed = id !== undefined && key ? { id, idem: idemOf(key) } : {};
  const submission = { ...order, ...keyed, logged: true };
  const store = () => broker.call(() => submit(bus, log, submission));
  // A scheduled task is in no queue yet.
  if (runAt > Date.now()) return viewOf(await store());
  const { value, ...rest } = await admission.admit(definition.category, priority, store);
  return { ...viewOf(value), ...rest };
}

/** The task as it is when it has just been stored; the projection shows it a moment later. */
function viewOf(event: Submitted): Task {
  const row = newRow(event);
  mergeEvent(row, event, 0);
  return taskView(row);
}
