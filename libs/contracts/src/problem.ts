/**
 * Every problem code that the API answers with: HTTP status, title, and what to do about it.
 * `docs/reference/errors.md` is made from this table.
 */
export const problems = {
  'invalid-request': {
    status: 400,
    title: 'The request does not fit the schema',
    remedy:
      'Each entry of `errors` names the path of a field and what is expected there; /docs has the schema of every call.',
  },
  'invalid-json': {
    status: 400,
    title: 'The body is not JSON',
    remedy: 'Send a JSON body with `content-type: application/json`.',
  },
  'unknown-kind': {
    status: 400,
    title: 'No such kind of task',
    remedy: 'Name one of the kinds that docs/reference/kinds.md lists.',
  },
  'url-not-allowed': {
    status: 400,
    title: 'The URL may not be fetched',
    remedy:
      'Only http and https URLs to public addresses are fetched, without user or password. For intranet documentation name the host, address or CIDR in SLIPSTREAM_SCRAPE_ALLOW.',
  },
  'unsupported-document': {
    status: 415,
    title: 'The type of the file is not supported',
    remedy: 'Send PDF, DOCX, EPUB, HTML, Markdown or plain text.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing at this address',
    remedy: 'Look at /docs for the list of calls.',
  },
  'task-not-found': {
    status: 404,
    title: 'No task has this id',
    remedy: 'The id is wrong, or the task is past its retention.',
  },
  'schedule-not-found': {
    status: 404,
    title: 'No schedule has this name',
    remedy: 'GET /v1/schedules lists those that there are.',
  },
  'schedule-exists': {
    status: 409,
    title: 'A schedule of this name exists',
    remedy: 'Change it with PUT, or choose another name.',
  },
  'schedule-shipped': {
    status: 409,
    title: 'The schedule comes with the system',
    remedy:
      'Pause it instead: a schedule that the system ships would be back after the next start.',
  },
  'workflow-not-found': {
    status: 404,
    title: 'No workflow has this id',
    remedy: 'The id is wrong, belongs to a task that is no workflow, or is past its retention.',
  },
  'source-not-found': {
    status: 404,
    title: 'No source has this id',
    remedy: 'GET /v1/sources lists those that there are; one that was erased is gone.',
  },
  'source-not-refreshable': {
    status: 409,
    title: 'The source cannot be fetched again',
    remedy:
      'An upload has no address to fetch it from: send the file again with POST /v1/documents.',
  },
  'knowledge-unavailable': {
    status: 503,
    title: 'No service that knows the sources answers',
    remedy:
      'See whether `maintenance` and `rag` run (GET /v1/workers), and try again after `retry-after`.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed here',
    remedy: 'Look at /docs for the calls that this path has.',
  },
  'task-final': {
    status: 409,
    title: 'The task has already ended',
    remedy: 'A task that has ended cannot be cancelled. GET it for its result.',
  },
  'task-not-failed': {
    status: 409,
    title: 'The task has neither failed nor been cancelled',
    remedy:
      'Only a failed or cancelled task can be retried. Somebody else may have retried it: GET it for its state.',
  },
  'task-source-gone': {
    status: 410,
    title: 'What was submitted is past its retention',
    remedy: 'The log no longer holds the payload. Submit the task again as a new one.',
  },
  'task-cancelled': {
    status: 409,
    title: 'The task was cancelled',
    remedy: 'Somebody cancelled it while you waited. Send the request again.',
  },
  'task-failed': {
    status: 502,
    title: 'The task failed',
    remedy: 'GET the task: its `error` says why, attempt by attempt.',
  },
  'idempotency-key-reused': {
    status: 409,
    title: 'The idempotency key was used with another body',
    remedy: 'Use a new key for a new request; repeat a request with the very same body.',
  },
  'payload-too-large': {
    status: 413,
    title: 'The body is too large',
    remedy: 'JSON bodies end at 1 MiB, task batches at 16 MiB, uploads at 100 MiB.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The content type is not supported',
    remedy:
      'Send application/json, multipart/form-data for files, or application/x-ndjson where /docs has it.',
  },
  'queue-full': {
    status: 503,
    title: 'The queue is full',
    remedy: 'Wait for as long as `retry-after` says, or raise the limit of the category.',
  },
  'broker-unavailable': {
    status: 503,
    title: 'NATS does not answer',
    remedy:
      'Try again after `retry-after`, with the same Idempotency-Key: it may have been accepted.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on our side',
    remedy: 'Report it with `traceId`.',
  },
} as const;

export type ProblemCode = keyof typeof problems;

/** RFC 9457 `application/problem+json`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: ProblemCode;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly traceId: string;
}

/**
 * Thrown by gateway code; the error handler turns it into a problem. `detail` is a sentence that
 * tells what happened and why. What to do is told by `errors`, where fields are at fault; without
 * them the remedy of the code is added.
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly errors: readonly { readonly path: string; readonly message: string }[] | undefined;
  readonly retryAfterS: number | undefined;

  constructor(
    code: ProblemCode,
    detail: string,
    options: ErrorOptions & { errors?: ProblemError['errors']; retryAfterS?: number } = {},
  ) {
    super(options.errors ? detail : `${detail} ${problems[code].remedy}`, options);
    this.code = code;
    this.errors = options.errors;
    this.retryAfterS = options.retryAfterS;
  }
}
