import { Brand, tasks } from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import { Type } from 'typebox';
import { mistake } from '../control/mistake.ts';
import {
  chunkFields,
  documentsOf,
  storeDocuments,
  textsOrChunks,
} from '../knowledge/given-chunks.ts';
import { jsonOrLines } from '../ndjson/take-ndjson.ts';
import type { GatewayParts } from '../parts.ts';
import { idempotencyKeyOf } from '../tasks/idempotency.ts';
import { acceptPages, groupOf } from '../workflows/accept-pages.ts';
import { acceptWorkflow } from '../workflows/accept-workflow.ts';
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

/** What the query says for every line of an upload. */
export const ofLines = {
  additionalProperties: false,
  description: 'For NDJSON; otherwise the body says it',
};
export const AtOnce = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: 1_000,
    description: 'How many are under way at once. Default: as many as the workers have slots for',
  }),
);
export const LINES =
  'A URL a line, or `{"url": ..., "brand": ...}`: a line may name a brand of its own';

const DEFAULT_BATCH = 64;
const BatchSize = Type.Integer({
  minimum: 1,
  maximum: 256,
  default: DEFAULT_BATCH,
  description: 'How many texts make one task',
});
const ScrapeBatch = Type.Object(
  { urls: Urls, brand: Brand, render, batchSize: AtOnce },
  { additionalProperties: false },
);
const EmbeddingBatch = Type.Object(
  {
    texts: Type.Optional(Type.Array(oneBatch.items, { minItems: 1, maxItems: MAX_TEXTS })),
    batchSize: Type.Optional(BatchSize),
    ...chunkFields,
  },
  { additionalProperties: false },
);

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
        querystring: Type.Object(
          { brand: Type.Optional(Brand), render, batchSize: AtOnce },
          ofLines,
        ),
        body: jsonOrLines(ScrapeBatch, LINES),
        ...common,
      },
    },
    async (request, reply) => {
      const accepted = await acceptPages(parts, 'scrape-page', request, request.query);
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
          'Turn many texts into vectors, or index chunks of many documents, as one workflow: the results are those of its nodes',
        body: EmbeddingBatch,
        ...common,
      },
    },
    async (request, reply) => {
      const { batchSize, ...body } = request.body;
      const ofTexts = textsOrChunks(body) === 'texts';
      if (!ofTexts && batchSize !== undefined) throw mistake('/batchSize', 'goes with texts only');
      const workflow = ofTexts
        ? groupOf('embed-texts', batchesOf(body.texts ?? [], batchSize ?? DEFAULT_BATCH))
        : groupOf('index-write', await storeDocuments(parts, documentsOf(body)));
      const accepted = await acceptWorkflow(parts, workflow, idempotencyKeyOf(request));
      return reply.code(202).header('location', `/v1/workflows/${accepted.id}`).send(accepted);
    },
  );
}

const batchesOf = (texts: readonly string[], size: number) =>
  Array.from({ length: Math.ceil(texts.length / size) }, (_, index) => ({
    texts: texts.slice(index * size, (index + 1) * size),
  }));
