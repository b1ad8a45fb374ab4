import { createHash } from 'node:crypto';
import { ProblemError } from '@slipstream/contracts';
import { directLast, encodeHeaders, JS_ERRORS, PublishError } from '@slipstream/jetstream';
import type { Projection } from '@slipstream/tasklog';
import type { FastifyRequest } from 'fastify';
import type { GatewayParts } from '../parts.ts';

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

/** What a task remembers of the key that it was submitted with; `batchId` if that is what the key stands for. */
export const idemOf = ({ key, fingerprint }: IdempotencyKey, batchId?: string): string =>
  [sha256(key), fingerprint, batchId].filter(Boolean).join('.');

/**
 * Binds a key to the id of a task or a batch: the first request of a key wins, and all gateways
 * agree on it. An entry says so for ten minutes, then the task itself, as long as it is kept.
 * Resolves with the id that the key stands for. Rejects with `idempotency-key-reused` when it
 * stands for another request.
 */
export async function claim(
  { bus, projection }: Pick<GatewayParts, 'bus' | 'projection'>,
  key: IdempotencyKey,
  id: string,
): Promise<string> {
  const subject = `$KV.idempotency.${sha256(key.key)}`;
  for (;;) {
    const last = await directLast(bus, STREAM, subject);
    // An entry that has expired leaves an empty marker behind for a minute: it is written over.
    const entry = last && last.data.length > 0 ? readClaim(last.data) : undefined;
    const known = entry ?? (await claimOfTask(projection, key));
    if (known) return sameRequest(known, key);
    const headers = encodeHeaders({
      'Nats-Expected-Last-Subject-Sequence': String(last?.seq ?? 0),
    });
    const body = JSON.stringify({ id, fingerprint: key.fingerprint } satisfies Claim);
    try {
      await bus.publisher.publish(subject, body, headers);
      return id;
    } catch (error) {
      const taken = error instanceof PublishError && error.code === JS_ERRORS.wrongLastSequence;
      if (!taken) throw error;
    }
  }
}

/** What a key stands for. */
interface Claim {
  readonly id: string;
  readonly fingerprint: string;
}

const readClaim = (data: Uint8Array): Claim => JSON.parse(Buffer.from(data).toString()) as Claim;

/** What the log says of a key whose entry is past its ten minutes. */
async function claimOfTask(
  projection: Projection,
  { key }: IdempotencyKey,
): Promise<Claim | undefined> {
  await projection.barrier();
  const task = await projection.ask('byIdempotencyKey', sha256(key));
  if (!task) return undefined;
  const [, fingerprint = '', batchId] = task.idem.split('.');
  return { id: batchId ?? task.id, fingerprint };
}

function sameRequest(known: Claim, { fingerprint }: IdempotencyKey): string {
  if (known.fingerprint === fingerprint) return known.id;
  throw new ProblemError(
    'idempotency-key-reused',
    `This key belongs to another request, which became ${known.id}.`,
  );
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
