import { createHash } from 'node:crypto';
import type { Category, Schedule, ScheduleSpec, TaskTable } from '@slipstream/contracts';
import type { Bus } from '@slipstream/jetstream';
import { readSchedule, removeSchedule, writeSchedule } from './schedule-store.ts';
import { clearServerSchedule, setServerSchedule } from './server-schedule.ts';
import { beginningOf } from './timing.ts';

/**
 * Sets the server's clock and keeps the definition, if nobody changed it since `revision`; false
 * otherwise. The clock comes first, so that the server judges the pattern; the steward mends a clock
 * that differs from the definition, so a crash in between does no harm.
 */
export async function saveSchedule(
  bus: Bus,
  category: Category,
  schedule: Schedule,
  revision: number,
): Promise<boolean> {
  if (!schedule.paused) await setServerSchedule(bus, category, schedule);
  if (!(await writeSchedule(bus, schedule, revision))) return false;
  await clearServerSchedule(bus, schedule.name, schedule.paused ? undefined : category);
  return true;
}

/** Removes a schedule with its memory; tasks that it made go on. */
export async function deleteSchedule(bus: Bus, name: string): Promise<void> {
  await removeSchedule(bus, name);
  await clearServerSchedule(bus, name);
}

/**
 * Makes the schedules that the system ships: those that are missing, and those whose shipped
 * definition is a new one. One that a user has changed, or paused, stays so.
 */
export async function ensureShipped(
  bus: Bus,
  tasks: TaskTable,
  shipped: readonly (ScheduleSpec & { readonly name: string })[],
): Promise<void> {
  for (const spec of shipped) {
    const category = tasks[spec.task.kind]?.category;
    if (!category)
      throw new Error(`schedule ${spec.name} names the unknown kind ${spec.task.kind}`);
    const hash = createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 16);
    let isSaved = false;
    while (!isSaved) {
      const { value: there, revision } = await readSchedule(bus, spec.name);
      if (there && (there.shipped?.edited !== false || there.shipped.hash === hash)) break;
      const now = Date.now();
      const at = new Date(now).toISOString();
      const schedule: Schedule = {
        ...spec,
        paused: there?.paused ?? false,
        sinceMs: beginningOf(spec.cron, now),
        createdAt: there?.createdAt ?? at,
        updatedAt: at,
        shipped: { hash, edited: false },
      };
      isSaved = await saveSchedule(bus, category, schedule, revision);
    }
  }
}
