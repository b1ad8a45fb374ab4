import type { Dispatcher } from '@slipstream/documents/guarded-agent';
import { retryAfterMs } from '@slipstream/resilience';
import type { FetchOptions } from './create-fetcher.ts';
import { bodyLimits, type FetchLimits } from './fetch-limits.ts';
import type { Denied, FetchResult } from './fetch-result.ts';
import { accepts, mediaTypeOf, sniffed } from './media-type.ts';
import { closeBody, readBody } from './read-body.ts';

type Response = Dispatcher.ResponseData;

/** What an answer that is no redirect means, with its body if that is what was asked for. */
export async function readAnswer(
  response: Response,
  url: string,
  call: FetchOptions,
  limits: FetchLimits,
): Promise<FetchResult> {
  const status = response.statusCode;
  if (status !== 200 && status !== 203) {
    await discard(response, limits.bodyMs);
    return withoutBody(response, url, call);
  }
  const header = headersOf(response);
  const declared = header('content-type');
  const mediaType = mediaTypeOf(declared ?? '');
  const accepted = accepts(call.accept, mediaType);
  if (accepted === 'no') {
    closeBody(response.body);
    return wrongType(url, mediaType);
  }
  const encoding = header('content-encoding') ?? '';
  const total = encoding === '' ? Number(header('content-length')) || undefined : undefined;
  const contentType = declared ?? mediaType;
  const { take } = call;
  const { bytes, cut } = await readBody(response.body, {
    ...bodyLimits(call.accept, mediaType, limits),
    encoding,
    onProgress: (done) => call.onProgress?.(done, total),
    unzip: call.accept === 'sitemap',
    take: take && ((part) => take(part, contentType)),
  });
  const shown = accepted === 'unknown' ? sniffed(bytes) : mediaType;
  if (accepted === 'unknown' && accepts(call.accept, shown) !== 'yes') return wrongType(url, shown);
  const [etag, lastModified, robotsTag] = ['etag', 'last-modified', 'x-robots-tag'].map(header);
  return {
    outcome: 'ok',
    url,
    status,
    contentType: accepted === 'unknown' ? shown : (declared ?? shown),
    bytes,
    ...(cut && { cut }),
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
    ...(robotsTag !== undefined && { robotsTag }),
  };
}

function wrongType(url: string, mediaType: string): Denied {
  const message = `is of the content type '${mediaType}', which holds no text for us`;
  return { outcome: 'denied', url, why: 'content-type', message };
}

function withoutBody(response: Response, url: string, { previous }: FetchOptions): FetchResult {
  const status = response.statusCode;
  const message = `answered ${status}`;
  if (status === 304 && (previous?.etag ?? previous?.lastModified) !== undefined)
    return { outcome: 'unchanged', url };
  if (status === 404 || status === 410) return { outcome: 'gone', url, status };
  if (status < 500 && status !== 408 && status !== 425 && status !== 429)
    return { outcome: 'denied', url, why: 'status', message, status };
  const header = headersOf(response);
  const afterMs = retryAfterMs({ get: (name) => header(name) ?? null });
  const retry = { outcome: 'retry', url, why: 'status', message, status } as const;
  return afterMs === undefined ? retry : { ...retry, afterMs };
}

/** Where an answer redirects to, without fragment; undefined if it does not redirect. */
export function redirectTarget(response: Response, url: string): string | undefined {
  const location = headersOf(response)('location');
  if (![301, 302, 303, 307, 308].includes(response.statusCode) || location === undefined) return;
  const target = URL.parse(location, url);
  if (target === null) return location;
  target.hash = '';
  return target.href;
}

/** A small body is read away, so that the connection can be used again; a large one closes it. */
export async function discard({ body }: Response, deadlineMs: number): Promise<void> {
  try {
    await body.dump({ limit: 65_536, signal: AbortSignal.timeout(deadlineMs) });
  } catch {
    closeBody(body);
  }
}

function headersOf({ headers }: Response): (name: string) => string | undefined {
  return (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
}
