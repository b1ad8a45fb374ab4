/** No further attempt can succeed: the task is `failed` at once. `code` is a stable kebab-case id. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
  readonly code: string;

  constructor(message: string, options: ErrorOptions & { code?: string } = {}) {
    super(message, options);
    this.code = options.code ?? 'terminal';
  }
}

/** A later attempt may succeed. Without `delayMs` the backoff of the kind decides how much later. */
export class RetryLaterError extends Error {
  override readonly name = 'RetryLaterError';
  readonly delayMs: number | undefined;
  readonly code: string;

  constructor(message: string, options: ErrorOptions & { delayMs?: number; code?: string } = {}) {
    super(message, options);
    this.delayMs = options.delayMs;
    this.code = options.code ?? 'retry-later';
  }
}

/** The task cannot run now through no fault of its own (an open breaker): it goes back, and no attempt is lost. */
export class GiveBackError extends Error {
  override readonly name: string = 'GiveBackError';
  readonly delayMs: number;

  constructor(message: string, options: ErrorOptions & { delayMs: number }) {
    super(message, options);
    this.delayMs = options.delayMs;
  }
}
