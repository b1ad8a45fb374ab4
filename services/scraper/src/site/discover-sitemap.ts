import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { decodeText, inScope, normalizeUrl, parseSitemap, type Scope } from '@slipstream/documents';
import type { Fetcher } from '../fetch/index.ts';

const MAX_SITEMAPS = 200;
/** https://www.sitemaps.org/protocol.html: a sitemap is at most 50 MB. */
const MAX_BYTES = 50 * 1_024 * 1_024;
const unzip = promisify(gunzip);

export interface Discovered {
  /** Pages in scope, at most `maxPages`, in the order of the sitemaps. */
  readonly urls: readonly string[];
  /** Pages in scope, those beyond `maxPages` included. */
  readonly found: number;
}

/** Follows the site's sitemaps and sitemap indexes. A sitemap that cannot be read is left out. */
export async function discoverSitemap(
  fetcher: Fetcher,
  start: readonly string[],
  { scope, maxPages, signal }: { scope: Scope; maxPages: number; signal: AbortSignal },
): Promise<Discovered> {
  const queue = [...start];
  const read = new Set<string>();
  const urls = new Set<string>();
  let found = 0;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (read.has(next) || read.size >= MAX_SITEMAPS) continue;
    read.add(next);
    const text = await readSitemap(fetcher, next, signal);
    if (text === undefined) continue;
    const sitemap = parseSitemap(text);
    queue.push(...sitemap.sitemaps);
    for (const { loc } of sitemap.urls) {
      const url = normalizeUrl(loc);
      if (url === undefined || urls.has(url) || !inScope(url, scope).ok) continue;
      found += 1;
      if (urls.size < maxPages) urls.add(url);
    }
  }
  return { urls: [...urls], found };
}

async function readSitemap(
  fetcher: Fetcher,
  url: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const answer = await fetcher.fetch(url, { accept: 'sitemap', signal });
  if (answer.outcome !== 'ok') return undefined;
  const zipped = answer.bytes[0] === 0x1f && answer.bytes[1] === 0x8b;
  if (!zipped) return decodeText(answer.bytes, answer.contentType);
  const bytes = await unzip(answer.bytes, { maxOutputLength: MAX_BYTES }).catch(() => undefined);
  return bytes && decodeText(bytes, 'application/xml');
}
