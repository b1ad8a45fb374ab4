import { Brand, brandToken, ProblemError, tasks } from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { storeGroup } from '../ndjson/store-group.ts';
import { jsonOrLines, linesOf } from '../ndjson/take-ndjson.ts';
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

const Urls = Type.Array(Type.String({ minLength: 1, maxLength: 2_048 }), {
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

/** What holds for every line that does not say otherwise. */
const OfLines = Type.Object(
  { brand: Type.Optional(Brand), render },
  { additionalProperties: false, description: 'For NDJSON; otherwise the body says it' },
);
const LINES = 'A URL a line, or `{"url": ..., "brand": ...}`: a line may name a brand of its own';

const ScrapeBatch = Type.Object(
  { urls: Urls, brand: Brand, render },
  { additionalProperties: false },
);
const DocumentBatch = Type.Object({ urls: Urls, brand: Brand }, { additionalProperties: false });
const EmbeddingBatch = Type.Object(
  {
    texts: Type.Array(oneBatch.items, { minItems: 1, maxItems: MAX_TEXTS }),
    batchSize: Type.Optional(BatchSize),
  },
  { additionalProperties: false },
);

type PageKind = 'scrape-page' | 'ingest-document';

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
        querystring: OfLines,
        body: jsonOrLines(ScrapeBatch, LINES),
        ...common,
      },
    },
    (request, reply) => acceptPages('scrape-page', request, request.query, reply),
  );

  app.post(
    '/v1/documents/batch',
    {
      bodyLimit: MAX_BODY_BYTES,
      schema: {
        tags,
        operationId: 'createDocumentBatch',
        summary: 'Fetch and ingest many documents, as one workflow',
        querystring: Type.Omit(OfLines, ['render']),
        body: jsonOrLines(DocumentBatch, LINES),
        ...common,
      },
    },
    (request, reply) => acceptPages('ingest-document', request, request.query, reply),
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
        body: EmbeddingBatch,
        ...common,
      },
    },
    (request, reply) => {
      const { texts, batchSize = 64 } = request.body;
      const payloads = Array.from({ length: Math.ceil(texts.length / batchSize) }, (_, index) => ({
        texts: texts.slice(index * batchSize, (index + 1) * batchSize),
      }));
      return accept(groupOf('embed-texts', payloads), request, reply, request.body);
    },
  );

  /** `forAll`: what the query says of an upload. */
  async function acceptPages(
    kind: PageKind,
    request: FastifyRequest,
    forAll: Static<typeof OfLines>,
    reply: FastifyReply,
  ) {
    const lines = linesOf(request);
    if (!lines) {
      const { urls, ...rest } = request.body as Static<typeof ScrapeBatch>;
      const payloads = urls.map((url, index) => pageOf(kind, { ...rest, url }, `/urls/${index}`));
      return accept(groupOf(kind, payloads), request, reply, request.body);
    }
    const space = brandToken(forAll.brand ?? '*');
    const group = await storeGroup(parts, lines, space, (value, at) => ({
      kind,
      payload: pageOfLine(kind, forAll, value, at),
    }));
    return accept({ ...settingsOf(kind), group }, request, reply, { ...forAll, group });
  }

  function pageOfLine(
    kind: PageKind,
    forAll: Static<typeof OfLines>,
    value: unknown,
    at: string,
  ): object {
    const page = typeof value === 'string' ? { url: value } : value;
    if (typeof page !== 'object' || page === null || !('url' in page)) {
      const message = 'must be a URL, or an object with a url';
      throw new ProblemError('invalid-request', `${at} ${message}.`, {
        errors: [{ path: at, message }],
      });
    }
    return pageOf(kind, { ...forAll, ...page, url: String(page.url) }, at);
  }

  function pageOf(kind: PageKind, page: { readonly url: string }, at: string): object {
    const payload = { ...page, url: checkFetchable(page.url, parts.allow, at) };
    checkPayload(tasks[kind], payload, parts.allow, at);
    return payload;
  }

  async function accept(
    workflow: Workflow,
    request: FastifyRequest,
    reply: FastifyReply,
    asked: unknown,
  ) {
    const key = idempotencyKeyOf(request, asked);
    const accepted = await acceptWorkflow(parts, workflow, key);
    return reply.code(202).header('location', `/v1/workflows/${accepted.id}`).send(accepted);
  }
}

/** One success is enough. */
const settingsOf = (kind: keyof typeof tasks) =>
  ({ name: `${kind} batch`, onFailure: 'continue' }) as const;

/** Nodes named 1, 2, ... */
function groupOf(kind: keyof typeof tasks, payloads: readonly object[]): Workflow {
  const nodes = payloads.map((payload, index) => [String(index + 1), { kind, payload }]);
  return { ...settingsOf(kind), nodes: Object.fromEntries(nodes) };
}
