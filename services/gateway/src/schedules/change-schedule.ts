import {
  ProblemError,
  type Schedule,
  type ScheduleSpec,
  type TaskDefinition,
} from '@slipstream/contracts';
import type { AllowList } from '@slipstream/documents/net-guard';
import { type Bus, PublishError } from '@slipstream/jetstream';
import { beginningOf, readSchedule, saveSchedule, timingMistakes } from '@slipstream/tasklog';
import { checkPayload, definitionOf } from '../tasks/check-payload.ts';

/** JetStream's `err_code`s for a schedule that the server does not take. */
const REFUSED: Readonly<Record<number, string>> = { 10189: '/cron', 10223: '/timezone' };

/** Throws a problem that names the field for what the system cannot keep. */
export function checkSpec(spec: ScheduleSpec, allow: AllowList): TaskDefinition {
  const errors = timingMistakes(spec.cron, spec.timezone);
  if (errors.length > 0) {
    const detail = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
    throw new ProblemError('invalid-request', `${detail}.`, { errors });
  }
  const definition = definitionOf(spec.task.kind, '/task/kind');
  checkPayload(definition, spec.task.payload, allow, '/task/payload');
  return definition;
}

/** A schedule as somebody has said it anew: firings of another timing are counted from now. */
export function changed(
  there: Schedule | undefined,
  name: string,
  spec: ScheduleSpec,
  now = Date.now(),
): Schedule {
  const isSameTiming = there?.cron === spec.cron && there.timezone === spec.timezone;
  const at = new Date(now).toISOString();
  return {
    name,
    ...spec,
    paused: there?.paused ?? false,
    sinceMs: isSameTiming ? there.sinceMs : beginningOf(spec.cron, now),
    createdAt: there?.createdAt ?? at,
    updatedAt: at,
    ...(there?.shipped && { shipped: { ...there.shipped, edited: true } }),
  };
}

/**
 * Reads, changes and writes a schedule, again when somebody else wrote meanwhile. `change` throws
 * for what may not be.
 */
export async function changeSchedule(
  bus: Bus,
  name: string,
  change: (there: Schedule | undefined) => Schedule,
): Promise<{ schedule: Schedule; isNew: boolean }> {
  for (;;) {
    const { value: there, revision } = await readSchedule(bus, name);
    const schedule = change(there);
    const { category } = definitionOf(schedule.task.kind, '/task/kind');
    const isSaved = await saveSchedule(bus, category, schedule, revision).catch(refused);
    if (isSaved) return { schedule, isNew: there === undefined };
  }
}

/** Throws `schedule-not-found` for none. */
export function foundSchedule(schedule: Schedule | undefined, name: string): Schedule {
  if (schedule) return schedule;
  throw new ProblemError('schedule-not-found', `No schedule has the name '${name}'.`);
}

function refused(error: unknown): never {
  const path = error instanceof PublishError ? REFUSED[error.code] : undefined;
  if (!(error instanceof Error) || path === undefined) throw error;
  const message = `is not taken by nats-server: ${error.message}`;
  throw new ProblemError('invalid-request', `${path} ${message}.`, {
    errors: [{ path, message }],
    cause: error,
  });
}
