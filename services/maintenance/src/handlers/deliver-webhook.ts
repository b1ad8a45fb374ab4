import { RetryLaterError, TerminalError, type Webhook } from '@slipstream/contracts';
import { type createGuardedAgent, PrivateAddressError } from '@slipstream/documents/guarded-agent';
import { retryAfterMs } from '@slipstream/resilience';
import type { Projection } from '@slipstream/tasklog';
import type { HandlerOf } from '@slipstream/worker';
import { reportOf } from '../webhooks/report-of.ts';
import { signWebhook } from '../webhooks/sign-webhook.ts';

export interface WebhookParts {
  readonly projection: Projection;
  readonly agent: ReturnType<typeof createGuardedAgent>;
  readonly publicUrl: string;
}

const ANSWER_MS = 10_000;
/** A receiver may ask for patience, but not for ever. */
const MAX_WAIT_MS = 3_600_000;
/** What is read of an answer: nobody looks at it. */
const ANSWER_BYTES = 64 * 1_024;

/** Sends a task that has ended to its webhook. Errors name the origin alone: a path can be a secret. */
export const createDeliverWebhook =
  ({ projection, agent, publicUrl }: WebhookParts): HandlerOf<'deliver-webhook'> =>
  async ({ taskId, run }, { id, signal }) => {
    const row = await projection.task(taskId);
    if (!row?.webhook || run > row.run) {
      const what = `run ${run} of task ${taskId}`;
      throw new TerminalError(`there is no ${what} with a webhook`, { code: 'webhook-unknown' });
    }
    const from = performance.now();
    const { url, secret } = JSON.parse(row.webhook) as Webhook;
    const body = JSON.stringify(await reportOf(projection, row, run, publicUrl));
    const status = await send(agent, new URL(url), headersOf(id, body, secret), body, signal);
    return { status, durationMs: Math.round(performance.now() - from) };
  };

function headersOf(id: string, body: string, secret: string | undefined): Record<string, string> {
  const timestampS = Math.floor(Date.now() / 1_000);
  return {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'slipstream/0.1',
    'webhook-id': id,
    'webhook-timestamp': String(timestampS),
    ...(secret && { 'webhook-signature': signWebhook(secret, { id, timestampS, body }) }),
  };
}

/** The status of an answer that took the message. Redirects are not followed. */
async function send(
  agent: WebhookParts['agent'],
  { origin, pathname, search }: URL,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
): Promise<number> {
  const answer = await agent
    .request({
      ...{ origin, path: pathname + search, method: 'POST' as const, headers, body, signal },
      ...{ headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS },
    })
    .catch((error: unknown) => {
      signal.throwIfAborted();
      throw failureOf(origin, error);
    });
  await answer.body.dump({ limit: ANSWER_BYTES, signal });
  const { statusCode: status } = answer;
  if (status >= 200 && status < 300) return status;
  if (status === 410) {
    throw new TerminalError(
      `${origin} wants no more of them (410): give other tasks another webhook`,
      { code: 'webhook-gone' },
    );
  }
  const waitMs = retryAfterMs({ get: (name) => answer.headers[name]?.toString() ?? null });
  throw new RetryLaterError(`${origin} answered ${status}`, {
    code: 'webhook-failed',
    ...(waitMs !== undefined && { delayMs: Math.min(waitMs, MAX_WAIT_MS) }),
  });
}

function failureOf(origin: string, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  const message = `${origin}: ${why}`;
  if (cause instanceof PrivateAddressError) {
    return new TerminalError(message, { code: 'private-address', cause });
  }
  return new RetryLaterError(message, { code: 'webhook-failed', cause });
}
