import type { Multipart } from '@fastify/multipart';
import { ProblemError } from '@slipstream/contracts';
import type { FastifyRequest } from 'fastify';
import { type ReceivedFile, receiveFile } from './receive-upload.ts';

export interface UploadedFile {
  readonly file: ReceivedFile;
  readonly fileName: string | undefined;
  readonly contentType: string | undefined;
}

export interface UploadForm extends AsyncDisposable {
  /** At least one, in the order of the form. */
  readonly files: readonly UploadedFile[];
  /** The other fields. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface FormShape {
  /** Names of the fields beside `file`. */
  readonly fields: readonly string[];
  readonly maxFiles: number;
}

/** All files of a form together. */
const MAX_FORM_BYTES = 1 << 30;

/** Reads a form with files, in any order of its parts. Throws `invalid-request` for any other. */
export async function readUploadForm(
  request: FastifyRequest,
  dir: string,
  { fields: known, maxFiles }: FormShape,
): Promise<UploadForm> {
  const stack = new AsyncDisposableStack();
  try {
    const fields: Record<string, string> = {};
    const files: UploadedFile[] = [];
    let sizeBytes = 0;
    // One more than there may be, so that we say what is wrong and not the parser.
    for await (const part of request.parts({ limits: { files: maxFiles + 1 } })) {
      if (part.type === 'field') addField(fields, part, known);
      else if (files.length === maxFiles || part.fieldname !== 'file') {
        part.file.resume();
        const many = maxFiles === 1 ? 'only one file at a time' : `at most ${maxFiles} files`;
        throw mistake(part.fieldname, part.fieldname === 'file' ? many : 'is not a known field');
      } else {
        const file = stack.use(await receiveFile(part.file, dir));
        const fileName = part.filename || undefined;
        if (file.sizeBytes === 0) throw mistake('file', `${nameOf(fileName, maxFiles)}is empty`);
        sizeBytes += file.sizeBytes;
        if (sizeBytes > MAX_FORM_BYTES) {
          throw new ProblemError(
            'payload-too-large',
            `The files have more than ${MAX_FORM_BYTES} bytes together: send them in several requests.`,
          );
        }
        files.push({ file, fileName, contentType: part.mimetype });
      }
    }
    if (files.length === 0) throw mistake('file', 'is required');
    return { files, fields, [Symbol.asyncDispose]: () => stack.disposeAsync() };
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

const nameOf = (fileName: string | undefined, maxFiles: number): string =>
  maxFiles > 1 && fileName !== undefined ? `(${fileName}) ` : '';

function addField(
  fields: Record<string, string>,
  { fieldname: name, value }: Extract<Multipart, { type: 'field' }>,
  known: readonly string[],
) {
  if (!known.includes(name)) throw mistake(name, 'is not a known field');
  if (typeof value !== 'string' || name in fields) throw mistake(name, 'must be one text');
  fields[name] = value;
}

/** A field that is `true` or `false`; undefined when it is not there. */
export function flagOf(fields: UploadForm['fields'], name: string): boolean | undefined {
  const value = fields[name];
  if (value !== undefined && value !== 'true' && value !== 'false') {
    throw mistake(name, "must be 'true' or 'false'");
  }
  return value === undefined ? undefined : value === 'true';
}

/** A field that is a number from 1 to 1,000; undefined when it is not there. */
export function countOf(fields: UploadForm['fields'], name: string): number | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (/^[1-9]\d{0,2}$|^1000$/.test(value)) return Number(value);
  throw mistake(name, 'must be a whole number from 1 to 1000');
}

function mistake(name: string, message: string): ProblemError {
  const path = `/${name}`;
  return new ProblemError('invalid-request', `${path} ${message}`, { errors: [{ path, message }] });
}
