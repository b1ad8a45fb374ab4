import { derivedId, subjects, type TaskDefinition } from '@slipstream/contracts';
import { type Bus, directLast, encodeHeaders } from '@slipstream/jetstream';

/** A task that the server repeats, without any process of ours being alive. */
export interface Recurring {
  /** Kebab-case; the schedule's name on the server too: `sched.<category>.<name>`. */
  readonly name: string;
  readonly definition: TaskDefinition;
  readonly payload: unknown;
  /** Six fields, seconds first, or `@every 1h`. */
  readonly cron: string;
}

/** What the server publishes each time: the steward makes a task of it. */
export interface RecurringMessage {
  readonly schedule: string;
  readonly kind: string;
  readonly payload: unknown;
}

/** Sets the schedule, if it is not set so already. Changing the table of schedules changes the server. */
export async function ensureRecurring(bus: Bus, recurring: Recurring): Promise<void> {
  const { name, definition, payload, cron } = recurring;
  const subject = subjects.schedule(definition.category, name);
  const message: RecurringMessage = { schedule: name, kind: definition.kind, payload };
  const body = JSON.stringify(message);
  const there = await directLast(bus, 'SCHED', subject);
  if (there?.header('Nats-Schedule') === cron && Buffer.from(there.data).toString() === body)
    return;
  const headers = encodeHeaders({
    'Nats-Schedule': cron,
    'Nats-Schedule-Target': subjects.due(definition.category, name),
  });
  await bus.publisher.publishSurely(subject, body, headers);
}

/** The id of one firing: the same schedule and time always give the same task. */
export const firingId = (schedule: string, firedAtMs: number): string =>
  derivedId(Math.floor(firedAtMs), 'schedule', schedule, String(firedAtMs));
