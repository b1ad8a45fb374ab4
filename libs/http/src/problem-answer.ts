import { type Problem, type ProblemCode, ProblemError, problems } from '@slipstream/contracts';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { traceIdFor } from './http-span.ts';
import { MistakesError } from './validator.ts';

/** Where the codes are explained; served by the gateway, made from the same table. */
export const ERRORS_PAGE = '/docs/reference/errors.md';

/** What an error means to a client. Undefined: nothing, it is ours. */
export type TranslateError = (error: unknown) => ProblemError | undefined;

/** The RFC 9457 document of a problem. */
export function problemOf(error: ProblemError, request: FastifyRequest): Problem {
  const { status, title } = problems[error.code];
  return {
    type: `${ERRORS_PAGE}#${error.code}`,
    title,
    status,
    detail: error.message,
    instance: request.url,
    code: error.code,
    ...(error.errors && { errors: error.errors }),
    traceId: traceIdFor(request),
  };
}

export function sendProblem(
  error: ProblemError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error.retryAfterS !== undefined) reply.header('retry-after', Math.ceil(error.retryAfterS));
  return reply
    .code(problems[error.code].status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(problemOf(error, request));
}

/** The server's own errors, by Fastify's code. What is missing here goes by its status. */
const codes: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid-json',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_INVALID_TYPE: 'unsupported-media-type',
};

/** Any error as a problem; `internal` says nothing of its inside. */
export function toProblem(error: unknown, translate: TranslateError): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof MistakesError) {
    return new ProblemError('invalid-request', error.message, { errors: error.mistakes });
  }
  const known = translate(error);
  if (known) return known;
  const { code = '', statusCode = 500, message } = error as Partial<FastifyError>;
  const detail = (message ?? '').replace(/[^.]$/, '$&.');
  if (error instanceof SyntaxError && statusCode === 400) {
    return new ProblemError('invalid-json', detail, { cause: error });
  }
  if (code in codes) return new ProblemError(codes[code] ?? 'internal', detail, { cause: error });
  if (statusCode === 413) return new ProblemError('payload-too-large', detail, { cause: error });
  if (statusCode === 415) {
    return new ProblemError('unsupported-media-type', detail, { cause: error });
  }
  if (statusCode >= 400 && statusCode < 500) {
    return new ProblemError('invalid-request', detail, { cause: error });
  }
  return new ProblemError('internal', 'The log has the reason, under the trace id.', {
    cause: error,
  });
}

/** The page that problem types link to, as Markdown: status, meaning and remedy of each code. */
export function errorsPage(): string {
  const sections = Object.entries(problems).map(
    ([code, { status, title, remedy }]) =>
      `<a id="${code}"></a>\n\n## ${code}\n\nStatus ${status}. ${title}.\n\n${remedy}\n`,
  );
  return `# Errors\n\nEvery error is \`application/problem+json\` (RFC 9457); \`code\` is one of these.\n\n${sections.join('\n')}`;
}
