import { join } from 'node:path';
import { Brand, brandToken, HttpUrl, ProblemError, tasks } from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import { putBlob } from '@slipstream/jetstream';
import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { acceptTask } from '../tasks/accept-task.ts';
import { checkFetchable, checkPayload } from '../tasks/check-payload.ts';
import { idempotencyKeyOf } from '../tasks/idempotency.ts';
import type { TaskAnswer } from '../tasks/task-answer.ts';
import { documentTypeOf } from '../uploads/document-type.ts';
import { createGate } from '../uploads/gate.ts';
import { readUploadForm, type UploadForm } from '../uploads/upload-form.ts';
import { anyProblem, CreateHeaders, TaskRef, WebhookField } from './shapes.ts';

const definition = tasks['ingest-document'];

/** A file is read from disk into memory to be stored; no more than this many at once. */
const STORING_AT_ONCE = 2;
const STORING_MS = 120_000;

const DocumentByUrl = Type.Object(
  { url: Type.String({ minLength: 1, maxLength: 2_048 }), brand: Brand, webhook: WebhookField },
  { additionalProperties: false },
);

/** Documents the form; its parts are checked as they come. */
const DocumentForm = Type.Object({
  file: Type.String({
    format: 'binary',
    description: 'PDF, HTML, Markdown or text, at most 100 MiB',
  }),
  brand: Brand,
  url: Type.Optional({
    ...HttpUrl,
    description:
      'Where the document lives: what citations link to. A new version under the same URL replaces the old one. Default: https://upload.invalid/<hash of the bytes>/<file name>',
  }),
});

export function documentRoutes(app: HttpApp, parts: GatewayParts): void {
  const gate = createGate(STORING_AT_ONCE);
  app.post(
    '/v1/documents',
    {
      bodyLimit: 101 << 20,
      schema: {
        tags: ['knowledge'],
        operationId: 'createDocument',
        summary: 'Read a PDF, HTML, Markdown or text file, uploaded or fetched from a URL',
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
    await using form = await readUploadForm(request, dir);
    const payload = payloadOf(form);
    // Before the bytes are stored: what is wrong with the fields leaves nothing behind.
    checkPayload(definition, { ...payload, file: 'blob:' }, parts.allow);
    const file = await gate(async () =>
      parts.broker.call(
        async () => putBlob(parts.bus, brandToken(payload.brand), await form.file.bytes()),
        STORING_MS,
      ),
    );
    const key = idempotencyKeyOf(request, { ...payload, file });
    return await acceptTask(parts, { definition, payload: { ...payload, file } }, key);
  }
}

function payloadOf({ file, fileName, contentType, fields }: UploadForm) {
  const type = documentTypeOf(file.head, contentType, fileName);
  if (!type) {
    const what = [fileName, contentType].filter(Boolean).join(', ');
    throw new ProblemError(
      'unsupported-document',
      `This is no PDF, HTML, Markdown or text: ${what}`,
    );
  }
  const { brand = '', url = addressOf(file.sha256, fileName) } = fields;
  return {
    brand,
    url,
    contentType: type,
    ...(fileName !== undefined && { fileName: fileName.slice(0, 500) }),
  };
}

/**
 * An upload has no address of its own, and a document needs one. The name is reserved never to
 * resolve (RFC 6761), and the same bytes under the same name are the same document.
 */
const addressOf = (sha256: string, fileName = 'document'): string =>
  `https://upload.invalid/${sha256.slice(0, 16)}/${encodeURIComponent(fileName.slice(0, 200))}`;
