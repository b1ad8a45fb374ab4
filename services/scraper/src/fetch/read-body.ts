import { pipeline, Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

class BodyTimeoutError extends Error {
  override readonly name = 'BodyTimeoutError';
  readonly code = 'body-timeout';
}

export class UnknownEncodingError extends Error {
  override readonly name = 'UnknownEncodingError';
}

export interface ReadBodyOptions {
  /** `content-encoding` of the answer. */
  readonly encoding: string;
  /** Counted after decompression, while it comes in: a bomb is noticed before it is whole. */
  readonly maxBytes: number;
  /** Give back what was read when it is too much, instead of refusing it. */
  readonly cut: boolean;
  /** For the whole body: a server that drips a byte a second must not hold a slot for ever. */
  readonly deadlineMs: number;
  readonly onProgress?: (bytes: number) => void;
  /** Unpack a body that is a gzip file, whatever its `content-encoding`. */
  readonly unzip?: boolean;
  /** Gets the parts as they come in, and nothing is kept; false: that was enough. */
  readonly take?: ((part: Uint8Array) => boolean) | undefined;
}

export interface Body {
  /** Empty when the parts were taken. */
  readonly bytes: Uint8Array;
  /** There was more of it. */
  readonly cut: boolean;
}

/**
 * Reads a body to its end, decompressed. The stream is closed afterwards, whatever happened.
 *
 * @throws BodyTooLargeError, BodyTimeoutError, UnknownEncodingError, and whatever the connection or zlib throw
 */
export async function readBody(body: Readable, options: ReadBodyOptions): Promise<Body> {
  const { maxBytes, cut, deadlineMs, onProgress, take } = options;
  const chunks: Uint8Array[] = [];
  let size = 0;
  let enough = false;
  const deadline = setTimeout(
    () => body.destroy(new BodyTimeoutError(`the body did not end within ${deadlineMs} ms`)),
    deadlineMs,
  );
  try {
    const plain: AsyncIterable<Uint8Array> = decoded(body, options.encoding);
    for await (const chunk of options.unzip ? unzipped(plain) : plain) {
      size += chunk.length;
      onProgress?.(size);
      enough = size > maxBytes;
      if (enough && !cut) throw new BodyTooLargeError(`the body has more than ${maxBytes} bytes`);
      if (take === undefined) chunks.push(chunk);
      else enough = !take(chunk) || enough;
      if (enough) break;
    }
  } finally {
    clearTimeout(deadline);
    closeBody(body);
  }
  const bytes = Buffer.concat(chunks);
  return { bytes: bytes.length > maxBytes ? bytes.subarray(0, maxBytes) : bytes, cut: enough };
}

/** Closes a body that nobody reads to its end. It reports that as an error, which is none here. */
export function closeBody(body: Readable): void {
  body.on('error', () => undefined).destroy();
}

/** The parts of a gzip file, unpacked; those of anything else as they are. */
async function* unzipped(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const rest = parts[Symbol.asyncIterator]();
  const first = await rest.next();
  if (first.done) return;
  const whole = (async function* () {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => rest };
  })();
  const zipped = first.value[0] === 0x1f && first.value[1] === 0x8b;
  yield* zipped ? through(Readable.from(whole), createGunzip()) : whole;
}

function decoded(body: Readable, encoding: string): Readable {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return body;
    case 'gzip':
    case 'x-gzip':
      return through(body, createGunzip());
    case 'br':
      return through(body, createBrotliDecompress());
    case 'deflate':
      return through(body, createInflate());
    default:
      throw new UnknownEncodingError(`the content encoding '${encoding}' is not known`);
  }
}

function through(body: Readable, decoder: ReturnType<typeof createGunzip>): Readable {
  // An error on either side destroys both; the loop over the decoder sees it.
  return pipeline(body, decoder, () => undefined);
}
