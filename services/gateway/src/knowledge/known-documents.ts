import {
  type DocumentsAnswer,
  type DocumentsQuestion,
  ProblemError,
  subjects,
} from '@slipstream/contracts';
import type { GatewayParts } from '../parts.ts';

const ANSWER_MS = 10_000;

/** Which documents the knowledge holds. Throws `knowledge-unavailable` when no rag worker answers. */
export async function knownDocuments(
  { bus, broker }: Pick<GatewayParts, 'bus' | 'broker'>,
  question: DocumentsQuestion,
): Promise<DocumentsAnswer> {
  const ask = () =>
    bus.connection.request(subjects.documents, JSON.stringify(question), { timeout: ANSWER_MS });
  const reply = await broker.call(ask, ANSWER_MS + 1_000).catch((cause: unknown) => {
    if (cause instanceof Error && /^(?:Request|Timeout)Error$/.test(cause.name))
      throw unavailable('No worker of the pool rag answers.', cause);
    throw cause;
  });
  const answer = reply.json<DocumentsAnswer | { readonly error: string }>();
  if ('error' in answer) throw unavailable(`The pool rag failed: ${answer.error}.`);
  return answer;
}

const unavailable = (detail: string, cause?: unknown): ProblemError =>
  new ProblemError('knowledge-unavailable', detail, { retryAfterS: 5, cause });
