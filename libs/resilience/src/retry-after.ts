/**
 * How long a response asks its caller to stay away, in ms: `retry-after-ms` (sent by OpenAI), or
 * `retry-after` in seconds or as a date (RFC 9110, 10.2.3). Undefined when it does not say.
 */
export function retryAfterMs(
  headers: Pick<Headers, 'get'>,
  now: number = Date.now(),
): number | undefined {
  const delayMs = waitFrom(headers, now);
  return Number.isFinite(delayMs) ? Math.max(0, Math.ceil(delayMs)) : undefined;
}

function waitFrom(headers: Pick<Headers, 'get'>, now: number): number {
  const ms = Number.parseFloat(headers.get('retry-after-ms') ?? '');
  if (Number.isFinite(ms)) return ms;
  const value = headers.get('retry-after')?.trim() ?? '';
  return /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now;
}
