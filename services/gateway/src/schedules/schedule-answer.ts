import {
  type Firing,
  type Schedule,
  ScheduleName,
  ScheduleSpecFields,
  type TaskState,
  taskStates,
} from '@slipstream/contracts';
import type { Bus } from '@slipstream/jetstream';
import { nextRuns, type Projection, readScheduleState } from '@slipstream/tasklog';
import { type Static, Type } from 'typebox';

/** How many of the next runs are shown. */
const NEXT_RUNS = 5;

const Time = Type.String({ format: 'date-time' });
const State = Type.Enum([...taskStates]);

export const FiringSchema = Type.Object({
  at: Type.String({ format: 'date-time', description: 'When it was due' }),
  taskId: Type.Optional(Type.String()),
  state: Type.Optional(State),
  skipped: Type.Optional(
    Type.Enum(['overlap', 'missed', 'unknown-kind'], {
      description:
        'Why there is no task: the one before had not ended, it was over a minute late, or its kind is gone',
    }),
  ),
  count: Type.Optional(Type.Integer({ description: 'How many were left out together' })),
  manual: Type.Optional(Type.Literal(true, { description: 'A user asked for it' })),
});

export const ScheduleAnswer = Type.Object({
  name: ScheduleName,
  ...ScheduleSpecFields,
  paused: Type.Boolean(),
  shipped: Type.Boolean({ description: 'Comes with the system' }),
  createdAt: Time,
  updatedAt: Time,
  nextRuns: Type.Array(Time, { description: 'None while it is paused' }),
  lastRun: Type.Optional(
    Type.Object({ at: Time, taskId: Type.String(), state: Type.Optional(State) }),
  ),
});

type FiringAnswer = Static<typeof FiringSchema>;

/** A schedule as the API shows it. */
export async function scheduleAnswer(
  bus: Bus,
  projection: Projection,
  schedule: Schedule,
  now = Date.now(),
): Promise<Static<typeof ScheduleAnswer>> {
  const { sinceMs: _since, shipped, paused, ...shown } = schedule;
  const { value } = await readScheduleState(bus, schedule.name);
  const last = value.history.find(({ taskId }) => taskId !== undefined);
  const next = paused ? [] : nextRuns(schedule, Math.max(now, schedule.sinceMs), NEXT_RUNS);
  return {
    ...shown,
    paused,
    shipped: shipped !== undefined,
    nextRuns: next.map((ms) => new Date(ms).toISOString()),
    ...(last?.taskId && {
      lastRun: {
        at: last.at,
        taskId: last.taskId,
        ...(await stateOf(projection, last.taskId)),
      },
    }),
  };
}

/** What became of the last firings, newest first. */
export async function historyAnswer(
  bus: Bus,
  projection: Projection,
  name: string,
): Promise<FiringAnswer[]> {
  const { value } = await readScheduleState(bus, name);
  return Promise.all(value.history.map((firing) => firingAnswer(projection, firing)));
}

const firingAnswer = async (projection: Projection, firing: Firing): Promise<FiringAnswer> => ({
  ...firing,
  ...(firing.taskId && (await stateOf(projection, firing.taskId))),
});

/** Nothing for a task past its retention. */
async function stateOf(projection: Projection, id: string): Promise<{ state?: TaskState }> {
  const row = await projection.ask('task', id);
  return row ? { state: row.state } : {};
}
