import {
  ProblemError,
  type Schedule,
  ScheduleName,
  type ScheduleSpec,
  ScheduleSpecFields,
} from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import {
  deleteSchedule,
  readSchedule,
  readSchedules,
  rememberRun,
  wakeSchedule,
} from '@slipstream/tasklog';
import { type Static, Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { changed, changeSchedule, checkSpec, foundSchedule } from '../schedules/change-schedule.ts';
import {
  FiringSchema,
  historyAnswer,
  ScheduleAnswer,
  scheduleAnswer,
} from '../schedules/schedule-answer.ts';
import { acceptTask } from '../tasks/accept-task.ts';
import { definitionOf } from '../tasks/check-payload.ts';
import { idempotencyKeyOf } from '../tasks/idempotency.ts';
import { ListQuery, NextCursor, pageOfWhole } from '../tasks/whole-list.ts';
import { anyProblem, CreateHeaders, TaskRef } from './shapes.ts';

const { timezone, overlap, catchUp, ...required } = ScheduleSpecFields;
const fields = {
  ...required,
  timezone: Type.Optional(timezone),
  overlap: Type.Optional(overlap),
  catchUp: Type.Optional(catchUp),
};
const NewSchedule = Type.Object({ name: ScheduleName, ...fields }, { additionalProperties: false });
const ChangedSchedule = Type.Object(
  { name: Type.Optional(ScheduleName), ...fields },
  { additionalProperties: false },
);
const NameParams = Type.Object({ name: ScheduleName });

/** What is not said is as the descriptions say. */
const specOf = ({ cron, task, ...said }: Static<typeof ChangedSchedule>): ScheduleSpec => ({
  cron,
  timezone: said.timezone ?? 'UTC',
  task,
  overlap: said.overlap ?? 'skip',
  catchUp: said.catchUp ?? 'one',
});

export function scheduleRoutes(app: HttpApp, parts: GatewayParts): void {
  const { bus, broker, projection, allow } = parts;
  const tags = ['schedules'];
  const answer = (schedule: Schedule) => scheduleAnswer(bus, projection, schedule);
  const read = async (name: string) => foundSchedule((await readSchedule(bus, name)).value, name);

  app.post(
    '/v1/schedules',
    {
      schema: {
        tags,
        operationId: 'createSchedule',
        summary: 'Submit a task again and again, by the clock',
        body: NewSchedule,
        response: { 201: ScheduleAnswer, ...anyProblem },
      },
    },
    ({ body }, reply) =>
      broker.call(async () => {
        const { name } = body;
        const spec = specOf(body);
        checkSpec(spec, allow);
        const { schedule } = await changeSchedule(bus, name, (there) => {
          if (!there) return changed(undefined, name, spec);
          throw new ProblemError('schedule-exists', `There is a schedule '${name}' already.`);
        });
        reply.code(201).header('location', `/v1/schedules/${name}`);
        return answer(schedule);
      }),
  );

  app.get(
    '/v1/schedules',
    {
      schema: {
        tags,
        operationId: 'listSchedules',
        summary: 'Every schedule, by name',
        querystring: ListQuery,
        response: {
          200: Type.Object({ items: Type.Array(ScheduleAnswer), nextCursor: NextCursor }),
          ...anyProblem,
        },
      },
    },
    ({ query }) =>
      broker.call(async () => {
        const page = pageOfWhole(await readSchedules(bus), ({ name }) => name, query);
        return { ...page, items: await Promise.all(page.items.map(answer)) };
      }),
  );

  app.get(
    '/v1/schedules/:name',
    {
      schema: {
        tags,
        operationId: 'getSchedule',
        summary: 'A schedule, its next runs and its last one',
        params: NameParams,
        response: { 200: ScheduleAnswer, ...anyProblem },
      },
    },
    ({ params: { name } }) => broker.call(async () => answer(await read(name))),
  );

  app.get(
    '/v1/schedules/:name/history',
    {
      schema: {
        tags,
        operationId: 'getScheduleHistory',
        summary: 'What became of the last 20 firings, newest first',
        params: NameParams,
        response: {
          200: Type.Object({ items: Type.Array(FiringSchema), nextCursor: Type.Null() }),
          ...anyProblem,
        },
      },
    },
    ({ params: { name } }) =>
      broker.call(async () => {
        await read(name);
        return { items: await historyAnswer(bus, projection, name), nextCursor: null };
      }),
  );

  app.put(
    '/v1/schedules/:name',
    {
      schema: {
        tags,
        operationId: 'putSchedule',
        summary: 'Change a schedule, or make it',
        params: NameParams,
        body: ChangedSchedule,
        response: { 200: ScheduleAnswer, 201: ScheduleAnswer, ...anyProblem },
      },
    },
    ({ params: { name }, body }, reply) =>
      broker.call(async () => {
        if (body.name !== undefined && body.name !== name) {
          throw new ProblemError('invalid-request', 'A schedule cannot be renamed.', {
            errors: [{ path: '/name', message: `must be '${name}', as in the path, or absent` }],
          });
        }
        const spec = specOf(body);
        checkSpec(spec, allow);
        const { schedule, isNew } = await changeSchedule(bus, name, (there) =>
          changed(there, name, spec),
        );
        reply.code(isNew ? 201 : 200);
        return answer(schedule);
      }),
  );

  app.delete(
    '/v1/schedules/:name',
    {
      schema: {
        tags,
        operationId: 'deleteSchedule',
        summary: 'Remove a schedule; tasks that it submitted go on',
        params: NameParams,
        response: { 204: Type.Null(), ...anyProblem },
      },
    },
    ({ params: { name } }, reply) =>
      broker.call(async () => {
        const { shipped } = await read(name);
        if (shipped) {
          throw new ProblemError('schedule-shipped', `'${name}' comes with the system.`);
        }
        await deleteSchedule(bus, name);
        return reply.code(204).send(null);
      }),
  );

  app.post(
    '/v1/schedules/:name/run',
    {
      schema: {
        tags,
        operationId: 'runSchedule',
        summary: 'Submit its task now, whatever the clock says',
        params: NameParams,
        headers: CreateHeaders,
        response: { 202: TaskRef, ...anyProblem },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const { kind, tags: own = [], ...rest } = (await broker.call(() => read(name))).task;
      const definition = definitionOf(kind, '/task/kind');
      const order = { ...rest, definition, tags: [...own, `schedule:${name}`] };
      const task = await acceptTask(parts, order, idempotencyKeyOf(request));
      await broker.call(() => rememberRun(bus, name, task.id));
      return reply.code(202).header('location', `/v1/tasks/${task.id}`).send(task);
    },
  );

  for (const verb of ['pause', 'resume'] as const) {
    app.post(
      `/v1/schedules/:name/${verb}`,
      {
        schema: {
          tags,
          operationId: `${verb}Schedule`,
          summary:
            verb === 'pause'
              ? 'Let it fire no more'
              : 'Let it fire again; `catchUp` says what becomes of the pause',
          params: NameParams,
          response: { 200: ScheduleAnswer, ...anyProblem },
        },
      },
      ({ params: { name } }) =>
        broker.call(async () => {
          const { schedule } = await changeSchedule(bus, name, (there) => ({
            ...foundSchedule(there, name),
            paused: verb === 'pause',
            updatedAt: new Date().toISOString(),
          }));
          const { category } = definitionOf(schedule.task.kind, '/task/kind');
          if (verb === 'resume') await wakeSchedule(bus, category, name);
          return answer(schedule);
        }),
    );
  }
}
