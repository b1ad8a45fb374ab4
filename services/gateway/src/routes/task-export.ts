import { Readable } from 'node:stream';
import type { HttpApp } from '@slipstream/http';
import type { ListFilter } from '@slipstream/tasklog';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { listedTask, taskAnswer } from '../tasks/task-answer.ts';
import { anyProblem } from './shapes.ts';
import { TaskFilter } from './tasks.ts';

/** Tasks read at once; what the client has not taken yet is not read. */
const PAGE = 500;

export function taskExportRoutes(app: HttpApp, parts: GatewayParts): void {
  const { bus, broker, projection } = parts;

  app.get(
    '/v1/tasks/export',
    {
      schema: {
        tags: ['tasks'],
        operationId: 'exportTasks',
        summary:
          'All tasks that a list would show page by page, as NDJSON: newest first, one a line',
        querystring: Type.Object(
          {
            ...Type.Omit(TaskFilter, ['limit', 'cursor']).properties,
            results: Type.Boolean({
              default: false,
              description: 'Also the results that are kept outside the log, such as vectors',
            }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: {
            description: 'A task a line, as `GET /v1/tasks/{id}` answers it',
            content: {
              'application/x-ndjson': { schema: Type.Unsafe<Readable>({ type: 'string' }) },
            },
          },
          ...anyProblem,
        },
      },
    },
    async ({ query: { results, ...filter } }, reply) => {
      if (broker.connected) await broker.call(() => projection.barrier());
      return reply
        .type('application/x-ndjson')
        .send(Readable.from(linesOf(filter, results), { objectMode: false }));
    },
  );

  async function* linesOf(
    filter: Omit<ListFilter, 'limit' | 'before'>,
    results: boolean,
  ): AsyncGenerator<string> {
    for (let before = {}; ; ) {
      const rows = await projection.list({ ...filter, limit: PAGE, ...before });
      for (const row of rows) {
        const task = results ? await taskAnswer(bus, row) : listedTask(row);
        yield `${JSON.stringify(task)}\n`;
      }
      if (rows.length < PAGE) return;
      before = { before: rows.at(-1)?.id };
    }
  }
}
