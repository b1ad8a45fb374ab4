import type { Multipart } from '@fastify/multipart';
import { ProblemError } from '@slipstream/contracts';
import type { FastifyRequest } from 'fastify';
import { type ReceivedFile, receiveFile } from './receive-upload.ts';

export interface UploadForm extends AsyncDisposable {
  readonly file: ReceivedFile;
  readonly fileName: string | undefined;
  readonly contentType: string | undefined;
  /** The other fields: `brand`, `url`. */
  readonly fields: Readonly<Record<string, string>>;
}

const known = ['brand', 'url'];

/** Reads a form with one file, in any order of its parts. Throws `invalid-request` for any other. */
export async function readUploadForm(request: FastifyRequest, dir: string): Promise<UploadForm> {
  const stack = new AsyncDisposableStack();
  try {
    const fields: Record<string, string> = {};
    let found: Omit<UploadForm, 'fields' | typeof Symbol.asyncDispose> | undefined;
    for await (const part of request.parts()) {
      if (part.type === 'field') addField(fields, part);
      else if (found || part.fieldname !== 'file') {
        part.file.resume();
        throw mistake(part.fieldname, found ? 'only one file at a time' : 'is not a known field');
      } else {
        const file = stack.use(await receiveFile(part.file, dir));
        found = { file, fileName: part.filename || undefined, contentType: part.mimetype };
      }
    }
    if (!found) throw mistake('file', 'is required');
    if (found.file.sizeBytes === 0) throw mistake('file', 'is empty');
    return { ...found, fields, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw isFormError(error)
      ? mistake('', `is not a form that can be read: ${error.message}`)
      : error;
  }
}

/** The parser's own words about the form, which carry no code; limits and the disk's errors do. */
const isFormError = (error: unknown): error is Error =>
  error instanceof Error && !('code' in error) && /multipart|boundary/i.test(error.message);

function addField(fields: Record<string, string>, part: Extract<Multipart, { type: 'field' }>) {
  const { fieldname: name, value } = part;
  if (!known.includes(name)) throw mistake(name, 'is not a known field');
  if (typeof value !== 'string' || name in fields) throw mistake(name, 'must be one text');
  fields[name] = value;
}

function mistake(name: string, message: string): ProblemError {
  const path = `/${name}`;
  return new ProblemError('invalid-request', `${path} ${message}`, { errors: [{ path, message }] });
}
