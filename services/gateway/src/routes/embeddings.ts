import { tasks } from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { acceptTask } from '../tasks/accept-task.ts';
import { answerWithResult } from '../tasks/finish-task.ts';
import { idempotencyKeyOf } from '../tasks/idempotency.ts';
import { anyProblem, CreateHeaders, TaskRef, WaitMs, WebhookField } from './shapes.ts';

const definition = tasks['embed-texts'];
const DEFAULT_WAIT_MS = 30_000;

export function embeddingRoutes(app: HttpApp, parts: GatewayParts): void {
  app.post(
    '/v1/embeddings',
    {
      schema: {
        tags: ['knowledge'],
        operationId: 'createEmbeddings',
        summary: 'Turn texts into vectors',
        headers: CreateHeaders,
        body: Type.Object(
          {
            ...definition.payload.properties,
            waitMs: Type.Optional(WaitMs(DEFAULT_WAIT_MS)),
            webhook: WebhookField,
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({ ...definition.result.properties, taskId: Type.String() }),
          202: TaskRef,
          ...anyProblem,
        },
      },
    },
    async (request, reply) => {
      const { waitMs = DEFAULT_WAIT_MS, webhook, ...payload } = request.body;
      const task = await acceptTask(
        parts,
        { definition, payload, ...(webhook && { webhook }) },
        idempotencyKeyOf(request),
      );
      return answerWithResult(parts, reply, task, waitMs);
    },
  );
}
