import { join } from 'node:path';
import { Brand, tasks } from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { jsonOrLines } from '../ndjson/take-ndjson.ts';
import type { GatewayParts } from '../parts.ts';
import { idempotencyKeyOf } from '../tasks/idempotency.ts';
import { createStoreUploads } from '../uploads/store-uploads.ts';
import { countOf, readUploadForm } from '../uploads/upload-form.ts';
import { acceptPages, groupOf } from '../workflows/accept-pages.ts';
import { acceptWorkflow } from '../workflows/accept-workflow.ts';
import { WorkflowView } from '../workflows/read-workflow.ts';
import { AtOnce, LINES, ofLines, Urls } from './batches.ts';
import { anyProblem, CreateHeaders } from './shapes.ts';

const MAX_FILES = 100;

const { notes } = tasks['ingest-document'].payload.properties;

const DocumentsByUrl = Type.Object(
  { urls: Urls, brand: Brand, notes, batchSize: AtOnce },
  { additionalProperties: false },
);

/** Documents the form; its parts are checked as they come. */
const DocumentsForm = Type.Object({
  file: Type.Array(Type.String({ format: 'binary' }), {
    minItems: 1,
    maxItems: MAX_FILES,
    description:
      'PDF, DOCX, EPUB, HTML, Markdown or text, at most 100 MiB each and 1 GiB together: a field `file` for each',
  }),
  brand: Brand,
  notes,
  batchSize: AtOnce,
});

const shape = { fields: ['brand', 'notes', 'batchSize'], maxFiles: MAX_FILES };

/** Many documents as one workflow; its nodes are named 1, 2, ... in the order of the request. */
export function documentBatchRoutes(app: HttpApp, parts: GatewayParts): void {
  const storeUploads = createStoreUploads(parts);
  app.post(
    '/v1/documents/batch',
    {
      bodyLimit: 16 << 20,
      schema: {
        tags: ['knowledge'],
        operationId: 'createDocumentBatch',
        summary: 'Read many documents, uploaded or fetched, as one workflow',
        headers: CreateHeaders,
        querystring: Type.Object(
          { brand: Type.Optional(Brand), notes, batchSize: AtOnce },
          ofLines,
        ),
        body: {
          content: {
            ...jsonOrLines(DocumentsByUrl, LINES).content,
            'multipart/form-data': { schema: Type.Unsafe({ ...DocumentsForm }) },
          },
        },
        response: { 202: WorkflowView, ...anyProblem },
      },
    },
    async (request, reply) => {
      const accepted = request.isMultipart()
        ? await uploaded(request)
        : await acceptPages(parts, 'ingest-document', request, request.query);
      return reply.code(202).header('location', `/v1/workflows/${accepted.id}`).send(accepted);
    },
  );

  async function uploaded(request: FastifyRequest): Promise<WorkflowView> {
    const dir = join(parts.config.SLIPSTREAM_DATA_DIR, 'uploads');
    await using form = await readUploadForm(request, dir, shape);
    const atOnce = countOf(form.fields, 'batchSize');
    const payloads = await storeUploads(form);
    const workflow = groupOf('ingest-document', payloads, atOnce);
    return await acceptWorkflow(parts, workflow, idempotencyKeyOf(request, [payloads, atOnce]));
  }
}
