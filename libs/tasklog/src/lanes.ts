import type { Claim } from '@slipstream/contracts';
import {
  type Category,
  laneToken,
  messageId,
  subjects,
  type TaskMessage,
} from '@slipstream/contracts';
import { type Bus, encodeHeaders, JS_ERRORS, PublishError } from '@slipstream/jetstream';

/** Puts a task into the lane of its claim. One that is in a lane already is success. */
export async function publishLane(
  bus: Bus,
  category: Category,
  task: TaskMessage,
  claim: Claim,
  traceparent: string | undefined,
): Promise<void> {
  const headers = encodeHeaders({
    'Nats-Msg-Id': messageId(task),
    'Nats-Expected-Last-Subject-Sequence': '0',
    'Nats-Expected-Last-Subject-Sequence-Subject': subjects.laneAnywhere(category, task.id),
    traceparent,
  });
  const subject = subjects.lane(category, task.priority, laneToken(claim), task.id);
  try {
    await bus.publisher.publishSurely(subject, JSON.stringify(task), headers);
  } catch (error) {
    const waits = error instanceof PublishError && error.code === JS_ERRORS.wrongLastSequence;
    if (!waits) throw error;
  }
}
