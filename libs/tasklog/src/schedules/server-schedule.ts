import { type Category, categoryNames, subjects } from '@slipstream/contracts';
import { type Bus, directLast, encodeHeaders } from '@slipstream/jetstream';
import { serverTiming, type Timing } from './timing.ts';

/** What the server publishes each time: it wakes the steward, who looks up what the schedule says. */
export interface FiringMessage {
  readonly schedule: string;
}

export const isFiring = (body: object): body is FiringMessage => 'schedule' in body;

/**
 * Lets the server fire a schedule into `due.<category>.<name>`, without any process of ours being
 * alive. Writes only what differs. Rejects with a `PublishError` for a pattern or zone that the
 * server does not take.
 */
export async function setServerSchedule(
  bus: Bus,
  category: Category,
  schedule: Timing & { readonly name: string },
): Promise<void> {
  const { name } = schedule;
  const subject = subjects.schedule(category, name);
  const { pattern, zone } = serverTiming(schedule);
  const there = await directLast(bus, 'SCHED', subject);
  const isSame =
    there?.header('Nats-Schedule') === pattern && there.header('Nats-Schedule-Time-Zone') === zone;
  if (isSame) return;
  const headers = encodeHeaders({
    'Nats-Schedule': pattern,
    'Nats-Schedule-Time-Zone': zone,
    'Nats-Schedule-Target': subjects.due(category, name),
  });
  const body: FiringMessage = { schedule: name };
  await bus.publisher.publishSurely(subject, JSON.stringify(body), headers);
}

/** Stops the server's clock of a schedule, in every category but one that is to go on. */
export async function clearServerSchedule(bus: Bus, name: string, but?: Category): Promise<void> {
  for (const category of categoryNames) {
    if (category === but) continue;
    await bus.manager.streams.purge('SCHED', { filter: subjects.schedule(category, name) });
  }
}

/** Has the steward look at a schedule now. */
export async function wakeSchedule(bus: Bus, category: Category, name: string): Promise<void> {
  const body: FiringMessage = { schedule: name };
  await bus.publisher.publish(subjects.due(category, name), JSON.stringify(body));
}
