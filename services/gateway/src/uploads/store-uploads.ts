import { brandToken, type PayloadOf, ProblemError, type Tasks, tasks } from '@slipstream/contracts';
import { putBlob } from '@slipstream/jetstream';
import type { GatewayParts } from '../parts.ts';
import { checkPayload } from '../tasks/check-payload.ts';
import { documentTypeOf } from './document-type.ts';
import { createGate } from './gate.ts';
import { flagOf, type UploadedFile, type UploadForm } from './upload-form.ts';

type Payload = PayloadOf<Tasks['ingest-document']>;

/** A file is read from disk into memory to be stored; no more than this many at once. */
const STORING_AT_ONCE = 2;
const STORING_MS = 120_000;

/**
 * Stores the files of forms under the token of their brand, and resolves with what the tasks that
 * read them need. Before the first byte is stored all is checked: what is wrong leaves nothing behind.
 */
export function createStoreUploads(
  parts: Pick<GatewayParts, 'bus' | 'broker' | 'allow'>,
): (form: UploadForm) => Promise<Payload[]> {
  const gate = createGate(STORING_AT_ONCE);
  return async ({ files, fields }) => {
    const found = files.map((file) => ({ file, payload: payloadOf(file, fields) }));
    for (const { payload } of found) {
      checkPayload(tasks['ingest-document'], { ...payload, file: 'blob:' }, parts.allow);
    }
    return Promise.all(
      found.map(async ({ file: { file }, payload }) => {
        const space = brandToken(payload.brand);
        const store = async () => putBlob(parts.bus, space, await file.bytes());
        return { ...payload, file: await gate(() => parts.broker.call(store, STORING_MS)) };
      }),
    );
  };
}

function payloadOf(
  { file, fileName, contentType }: UploadedFile,
  fields: UploadForm['fields'],
): Payload {
  const type = documentTypeOf(file.head, contentType, fileName);
  if (!type) {
    const what = [fileName, contentType].filter(Boolean).join(', ');
    throw new ProblemError(
      'unsupported-document',
      `${what || 'The file'} is of no type that is read.`,
    );
  }
  const { brand = '', url = addressOf(file.sha256, fileName) } = fields;
  const notes = flagOf(fields, 'notes');
  return {
    brand,
    url,
    contentType: type,
    ...(fileName !== undefined && { fileName: fileName.slice(0, 500) }),
    ...(notes !== undefined && { notes }),
  };
}

/**
 * An upload has no address of its own, and a document needs one. The name is reserved never to
 * resolve (RFC 6761), and the same bytes under the same name are the same document.
 */
const addressOf = (sha256: string, fileName = 'document'): string =>
  `https://upload.invalid/${sha256.slice(0, 16)}/${encodeURIComponent(fileName.slice(0, 200))}`;
