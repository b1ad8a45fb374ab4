import {
  ProblemError,
  payloadMistakes,
  type TaskDefinition,
  tasks,
  type Webhook,
} from '@slipstream/contracts';
import { type AllowList, checkUrl } from '@slipstream/documents/net-guard';

/** The kind that a body names at `path`. Throws `unknown-kind` for one that there is not. */
export function definitionOf(kind: string, path: string): TaskDefinition {
  if (Object.hasOwn(tasks, kind)) return tasks[kind as keyof typeof tasks];
  const known = Object.keys(tasks).join(', ');
  throw new ProblemError('unknown-kind', `'${kind}' is not one of ${known}.`, {
    errors: [{ path, message: `must be one of ${known}` }],
  });
}

/**
 * Throws a problem for a payload that the kind does not take, and for URLs that are never fetched.
 * `at` is where the payload is in the body, as a JSON pointer: `/payload`, or nothing.
 */
export function checkPayload(
  definition: TaskDefinition,
  payload: unknown,
  allow: AllowList,
  at = '',
): void {
  const url = fetchedUrl(definition, payload);
  if (url !== undefined) checkFetchable(url, allow, `${at}/url`);
  const mistakes = payloadMistakes(definition, payload);
  if (mistakes.length === 0) return;
  const errors = mistakes.map(({ path, message }) => ({
    path: path === '/' ? at || '/' : at + path,
    message,
  }));
  const detail = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new ProblemError('invalid-request', detail, { errors });
}

/** What the worker would fetch; an upload is not fetched, whatever URL it is given. */
function fetchedUrl({ category, kind }: TaskDefinition, payload: unknown): string | undefined {
  if (category !== 'scraping' && kind !== 'ingest-document') return undefined;
  if (typeof payload !== 'object' || payload === null || 'file' in payload) return undefined;
  return 'url' in payload && typeof payload.url === 'string' ? payload.url : undefined;
}

/**
 * The URL in its normal form. Throws `url-not-allowed` for what needs no DNS to be refused; names
 * that resolve to private addresses are refused when they are fetched.
 */
export function checkFetchable(url: string, allow: AllowList, path: string): string {
  const verdict = checkUrl(url, allow);
  if (verdict.ok) return verdict.url.href;
  const { why, message } = verdict;
  const code = why === 'invalid-url' ? 'invalid-request' : 'url-not-allowed';
  throw new ProblemError(code, `${message}.`, { errors: [{ path, message }] });
}

/** Throws for a webhook that would never be called. `at` is where the task is in the body. */
export function checkWebhook(
  { webhook }: { readonly webhook?: Webhook },
  allow: AllowList,
  at = '',
): void {
  if (webhook) checkFetchable(webhook.url, allow, `${at}/webhook/url`);
}
