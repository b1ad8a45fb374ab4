import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

export class BodyTimeoutError extends Error {
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
}

/**
 * Reads a body to its end, decompressed. The stream is closed afterwards, whatever happened.
 *
 * @throws BodyTooLargeError, BodyTimeoutError, UnknownEncodingError, and whatever the connection or zlib throw
 */
export async function readBody(body: Readable, options: ReadBodyOptions): Promise<Uint8Array> {
  const { maxBytes, cut, deadlineMs, onProgress } = options;
  const chunks: Uint8Array[] = [];
  let size = 0;
  const deadline = setTimeout(
    () => body.destroy(new BodyTimeoutError(`the body did not end within ${deadlineMs} ms`)),
    deadlineMs,
  );
  try {
    for await (const chunk of decoded(body, options.encoding) as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      size += chunk.length;
      onProgress?.(size);
      if (size > maxBytes && cut) break;
      if (size > maxBytes) throw new BodyTooLargeError(`the body has more than ${maxBytes} bytes`);
    }
  } finally {
    clearTimeout(deadline);
    closeBody(body);
  }
  const bytes = Buffer.concat(chunks);
  return bytes.length > maxBytes ? bytes.subarray(0, maxBytes) : bytes;
}

/** Closes a body that nobody reads to its end. It reports that as an error, which is none here. */
export function closeBody(body: Readable): void {
  body.on('error', () => undefined).destroy();
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
