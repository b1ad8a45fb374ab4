import { createHash } from 'node:crypto';
import { ProblemError } from '@slipstream/contracts';
import {
  type Bus,
  directLast,
  encodeHeaders,
  JS_ERRORS,
  PublishError,
} from '@slipstream/jetstream';
import type { FastifyRequest } from 'fastify';

/** A request that says which repetitions of it are the same request. */
export interface IdempotencyKey {
  readonly key: string;
  /** Hash of what was asked: method, path and body. */
  readonly fingerprint: string;
}

const STREAM = 'KV_idempotency';

/** Header of requests that create work. */
const HEADER = 'idempotency-key';

/** The key of a request, if it has one. `body` is what was asked, where that is not the parsed body. */
export function idempotencyKeyOf(
  request: FastifyRequest,
  body: unknown = request.body,
): IdempotencyKey | undefined {
  const key = request.headers[HEADER]?.toString();
  if (key === undefined) return undefined;
  if (key.length === 0 || key.length > 255) {
    throw new ProblemError('invalid-request', 'An Idempotency-Key has 1 to 255 characters.', {
      errors: [{ path: `/headers/${HEADER}`, message: 'must have 1 to 255 characters' }],
    });
  }
  const asked = `${request.method} ${request.url} ${JSON.stringify(body)}`;
  return { key, fingerprint: sha256(asked) };
}

/**
 * Binds a key to a task id: the first request of a key wins, all gateways agree on it, and it is
 * remembered for ten minutes. Resolves with the id that the key stands for. Rejects with
 * `idempotency-key-reused` when it stands for another request.
 */
export async function claim(
  bus: Bus,
  { key, fingerprint }: IdempotencyKey,
  id: string,
): Promise<string> {
  const subject = `$KV.idempotency.${sha256(key)}`;
  let revision = 0;
  for (;;) {
    const headers = encodeHeaders({ 'Nats-Expected-Last-Subject-Sequence': String(revision) });
    try {
      await bus.publisher.publish(subject, JSON.stringify({ id, fingerprint }), headers);
      return id;
    } catch (error) {
      const taken = error instanceof PublishError && error.code === JS_ERRORS.wrongLastSequence;
      if (!taken) throw error;
    }
    const last = await directLast(bus, STREAM, subject);
    // An entry that has expired leaves an empty marker behind for a minute: it is written over.
    if (!last || last.data.length === 0) {
      revision = last?.seq ?? 0;
      continue;
    }
    const known = JSON.parse(Buffer.from(last.data).toString()) as {
      id: string;
      fingerprint: string;
    };
    if (known.fingerprint === fingerprint) return known.id;
    throw new ProblemError(
      'idempotency-key-reused',
      `This key belongs to another request, which became task ${known.id}.`,
    );
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
