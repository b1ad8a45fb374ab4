import { join } from 'node:path';
import { Brand, HttpUrl, tasks } from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { acceptTask } from '../tasks/accept-task.ts';
import { checkFetchable, checkPayload } from '../tasks/check-payload.ts';
import { idempotencyKeyOf } from '../tasks/idempotency.ts';
import type { TaskAnswer } from '../tasks/task-answer.ts';
import { createStoreUploads } from '../uploads/store-uploads.ts';
import { readUploadForm } from '../uploads/upload-form.ts';
import { anyProblem, CreateHeaders, TaskRef, WebhookField } from './shapes.ts';

const definition = tasks['ingest-document'];
const { notes } = definition.payload.properties;

const DocumentByUrl = Type.Object(
  {
    url: Type.String({ minLength: 1, maxLength: 2_048 }),
    brand: Brand,
    notes,
    webhook: WebhookField,
  },
  { additionalProperties: false },
);

/** Documents the form; its parts are checked as they come. */
const DocumentForm = Type.Object({
  file: Type.String({
    format: 'binary',
    description: 'PDF, DOCX, EPUB, HTML, Markdown or text, at most 100 MiB',
  }),
  brand: Brand,
  url: Type.Optional({
    ...HttpUrl,
    description:
      'Where the document lives: what citations link to. A new version under the same URL replaces the old one. Default: https://upload.invalid/<hash of the bytes>/<file name>',
  }),
  notes,
});

const shape = { fields: ['brand', 'url', 'notes'], maxFiles: 1 };

export function documentRoutes(app: HttpApp, parts: GatewayParts): void {
  const storeUploads = createStoreUploads(parts);
  app.post(
    '/v1/documents',
    {
      bodyLimit: 101 << 20,
      schema: {
        tags: ['knowledge'],
        operationId: 'createDocument',
        summary:
          'Read a PDF, DOCX, EPUB, HTML, Markdown or text file, uploaded or fetched from a URL',
        headers: CreateHeaders,
        body: {
          content: {
            'application/json': { schema: DocumentByUrl },
            'multipart/form-data': { schema: Type.Unsafe({ ...DocumentForm }) },
          },
        },
        response: { 202: TaskRef, ...anyProblem },
      },
    },
    async (request, reply) => {
      const task = request.isMultipart() ? await upload(request) : await fetched(request);
      return reply.code(202).header('location', `/v1/tasks/${task.id}`).send(task);
    },
  );

  function fetched(request: FastifyRequest): Promise<TaskAnswer> {
    const { webhook, ...body } = request.body as Static<typeof DocumentByUrl>;
    const payload = { ...body, url: checkFetchable(body.url, parts.allow, '/url') };
    checkPayload(definition, payload, parts.allow);
    return acceptTask(
      parts,
      { definition, payload, ...(webhook && { webhook }) },
      idempotencyKeyOf(request),
    );
  }

  async function upload(request: FastifyRequest): Promise<TaskAnswer> {
    const dir = join(parts.config.SLIPSTREAM_DATA_DIR, 'uploads');
    await using form = await readUploadForm(request, dir, shape);
    const [payload] = await storeUploads(form);
    return await acceptTask(parts, { definition, payload }, idempotencyKeyOf(request, payload));
  }
}
