import { type Priority, priorities } from '@slipstream/contracts';
import type { Order } from '../tasks/accept-task.ts';
import type { Admission } from './admission.ts';

/** Levels of priority by which tasks with a tag go up, or down where they are negative. */
export type Boosts = Readonly<Record<string, number>>;

/** A priority after the boosts of the tags: they add up, and end at `critical` and at `bulk`. */
export function boosted(priority: Priority, tags: readonly string[], boosts: Boosts): Priority {
  const levels = [...new Set(tags)].reduce(
    (sum, tag) => sum + (Object.hasOwn(boosts, tag) ? (boosts[tag] ?? 0) : 0),
    0,
  );
  const place = priorities.indexOf(priority) - levels;
  return priorities[Math.min(Math.max(place, 0), priorities.length - 1)] ?? priority;
}

/** What is asked for, at the priority that its pool's boosts give it. */
export async function boostedOrder(admission: Admission, order: Order): Promise<Order> {
  const { definition, tags = [], priority = definition.priority } = order;
  if (tags.length === 0) return order;
  const boosts = await admission.boosts(definition.category);
  return { ...order, priority: boosted(priority, tags, boosts) };
}
