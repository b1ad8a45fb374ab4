import {
  jobPayloads,
  type MaintenanceJob,
  maintenanceJobs,
  ProblemError,
  tasks,
} from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { acceptTask } from '../tasks/accept-task.ts';
import { idempotencyKeyOf } from '../tasks/idempotency.ts';
import { ListQuery, NextCursor, pageOfWhole } from '../tasks/whole-list.ts';
import { anyProblem, CreateHeaders, TaskRef } from './shapes.ts';

const jobs = Object.entries(maintenanceJobs).map(([job, kind]) => ({
  job,
  kind,
  summary: tasks[kind].summary,
}));
const names = jobs.map(({ job }) => job).join(', ');

const JobSchema = Type.Object({
  job: Type.String(),
  kind: Type.String(),
  summary: Type.String(),
});

export function maintenanceRoutes(app: HttpApp, parts: GatewayParts): void {
  const tags = ['operations'];

  app.get(
    '/v1/maintenance',
    {
      schema: {
        tags,
        operationId: 'listMaintenanceJobs',
        summary: 'The jobs of the system; /v1/schedules says when they run',
        querystring: ListQuery,
        response: {
          200: Type.Object({ items: Type.Array(JobSchema), nextCursor: NextCursor }),
          ...anyProblem,
        },
      },
    },
    async ({ query }) => pageOfWhole(jobs, ({ job }) => job, query),
  );

  app.post(
    '/v1/maintenance/:job',
    {
      // No body says as much as an empty one.
      preValidation: async (request) => {
        request.body ??= {};
      },
      schema: {
        tags,
        operationId: 'runMaintenanceJob',
        summary: 'Run a job of the system now; its report is the result of the task',
        params: Type.Object({ job: Type.String({ description: `One of ${names}` }) }),
        headers: CreateHeaders,
        body: Type.Object(
          {
            dryRun: Type.Optional(
              Type.Boolean({ description: 'Look and report, change nothing. Default: false' }),
            ),
            brand: Type.Optional(
              Type.String({ description: 'Only what belongs to this brand, where a job can' }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 202: TaskRef, ...anyProblem },
      },
    },
    async (request, reply) => {
      const { job } = request.params;
      if (!Object.hasOwn(maintenanceJobs, job)) {
        throw new ProblemError('not-found', `'${job}' is not one of the jobs ${names}.`);
      }
      const definition = tasks[maintenanceJobs[job as MaintenanceJob]];
      const payload = { ...jobPayloads[job as MaintenanceJob], ...request.body };
      const order = { definition, payload, tags: [`job:${job}`] };
      const task = await acceptTask(parts, order, idempotencyKeyOf(request));
      return reply.code(202).header('location', `/v1/tasks/${task.id}`).send(task);
    },
  );
}
