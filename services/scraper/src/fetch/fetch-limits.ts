import type { AgentLimits } from '@slipstream/documents/guarded-agent';
import type { Accept } from './fetch-result.ts';

export interface FetchLimits extends AgentLimits {
  /** From the request on the wire to the end of the headers. */
  readonly headersMs: number;
  /** For the whole body, however steadily it drips. */
  readonly bodyMs: number;
  /** The same for PDFs and sitemaps, which are ten times as large. */
  readonly largeBodyMs: number;
  /** Bytes after decompression of a page. */
  readonly maxPageBytes: number;
  /** Bytes after decompression of a PDF. */
  readonly maxLargeBytes: number;
  /** The same of a sitemap, which is read as it comes in: sitemaps.org allows 50 MB, some have more. */
  readonly maxSitemapBytes: number;
  readonly maxRedirects: number;
  /** A turn at a host that is further away is not waited for. */
  readonly maxWaitMs: number;
}

export const defaultFetchLimits: FetchLimits = {
  connectMs: 10_000,
  headersMs: 10_000,
  bodyMs: 15_000,
  largeBodyMs: 60_000,
  maxPageBytes: 5_000_000,
  maxLargeBytes: 50_000_000,
  maxSitemapBytes: 150_000_000,
  maxRedirects: 5,
  maxWaitMs: 180_000,
  connections: 2,
  listedConnections: 6,
};

/** RFC 9309, 2.5: what is longer is cut, not refused. */
const ROBOTS_BYTES = 512_000;

export function bodyLimits(
  accept: Accept,
  mediaType: string,
  limits: FetchLimits,
): { readonly maxBytes: number; readonly deadlineMs: number; readonly cut: boolean } {
  if (accept === 'robots') return { maxBytes: ROBOTS_BYTES, deadlineMs: limits.bodyMs, cut: true };
  if (accept === 'sitemap')
    return { maxBytes: limits.maxSitemapBytes, deadlineMs: limits.largeBodyMs, cut: true };
  // What says that it is text has the limit of a page; what says nothing may be a PDF.
  const large = !/^text\/|\+xml$/.test(mediaType);
  return large
    ? { maxBytes: limits.maxLargeBytes, deadlineMs: limits.largeBodyMs, cut: false }
    : { maxBytes: limits.maxPageBytes, deadlineMs: limits.bodyMs, cut: false };
}
