import { Brand, tasks } from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { checkFetchable, checkPayload } from '../tasks/check-payload.ts';
import { idempotencyKeyOf } from '../tasks/idempotency.ts';
import { acceptWorkflow } from '../workflows/accept-workflow.ts';
import type { Workflow } from '../workflows/expand-workflow.ts';
import { WorkflowView } from '../workflows/read-workflow.ts';
import { anyProblem, CreateHeaders } from './shapes.ts';

const MAX_URLS = 10_000;
const MAX_TEXTS = 100_000;
const MAX_BODY_BYTES = 16 << 20;

const { render } = tasks['scrape-page'].payload.properties;
const { texts: oneBatch } = tasks['embed-texts'].payload.properties;

export const Urls = Type.Array(Type.String({ minLength: 1, maxLength: 2_048 }), {
  minItems: 1,
  maxItems: MAX_URLS,
  description: 'http or https URLs',
});

const BatchSize = Type.Integer({
  minimum: 1,
  maximum: 256,
  default: 64,
  description: 'How many make one task',
});

/** Bulk work as one workflow that can be watched, cancelled and retried. */
export function batchRoutes(app: HttpApp, parts: GatewayParts): void {
  const common = { headers: CreateHeaders, response: { 202: WorkflowView, ...anyProblem } };
  const tags = ['knowledge'];

  app.post(
    '/v1/scrapes/batch',
    {
      bodyLimit: MAX_BODY_BYTES,
      schema: {
        tags,
        operationId: 'createScrapeBatch',
        summary: 'Scrape many pages, as one workflow',
        body: Type.Object({ urls: Urls, brand: Brand, render }, { additionalProperties: false }),
        ...common,
      },
    },
    async (request, reply) => {
      const { urls, ...rest } = request.body;
      const payloads = urls.map((url, index) => ({
        ...rest,
        url: checkFetchable(url, parts.allow, `/urls/${index}`),
      }));
      for (const payload of payloads) checkPayload(tasks['scrape-page'], payload, parts.allow);
      const workflow = groupOf('scrape-page', payloads);
      const accepted = await acceptWorkflow(parts, workflow, idempotencyKeyOf(request));
      return reply.code(202).header('location', `/v1/workflows/${accepted.id}`).send(accepted);
    },
  );

  app.post(
    '/v1/embeddings/batch',
    {
      bodyLimit: MAX_BODY_BYTES,
      schema: {
        tags,
        operationId: 'createEmbeddingBatch',
        summary:
          'Turn many texts into vectors, as one workflow: the results are those of its nodes',
        body: Type.Object(
          {
            texts: Type.Array(oneBatch.items, { minItems: 1, maxItems: MAX_TEXTS }),
            batchSize: Type.Optional(BatchSize),
          },
          { additionalProperties: false },
        ),
        ...common,
      },
    },
    async (request, reply) => {
      const { texts, batchSize = 64 } = request.body;
      const payloads = Array.from({ length: Math.ceil(texts.length / batchSize) }, (_, index) => ({
        texts: texts.slice(index * batchSize, (index + 1) * batchSize),
      }));
      const workflow = groupOf('embed-texts', payloads);
      const accepted = await acceptWorkflow(parts, workflow, idempotencyKeyOf(request));
      return reply.code(202).header('location', `/v1/workflows/${accepted.id}`).send(accepted);
    },
  );
}

/** Nodes named 1, 2, ... of which one success is enough. */
export function groupOf(kind: keyof typeof tasks, payloads: readonly object[]): Workflow {
  const nodes = payloads.map((payload, index) => [String(index + 1), { kind, payload }]);
  return { name: `${kind} batch`, onFailure: 'continue', nodes: Object.fromEntries(nodes) };
}
