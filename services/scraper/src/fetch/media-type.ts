import type { Accept } from './fetch-result.ts';

const DOCUMENT =
  /^(?:text\/(?:html|plain|markdown|x-markdown)|application\/(?:xhtml\+xml|pdf|x-pdf))$/;
/** Read by `ingest-document` only. */
const PACKAGE =
  /^application\/(?:vnd\.openxmlformats-officedocument\.wordprocessingml\.document|epub\+zip|zip)$/;
const SITEMAP = /^(?:text\/(?:xml|plain)|application\/(?:xml|gzip|x-gzip)|[\w.-]+\/[\w.-]+\+xml)$/;
/** Servers that do not know; the bytes tell. */
const UNKNOWN = /^(?:|application\/(?:octet-stream|force-download|unknown)|binary\/octet-stream)$/;

/** What the header `accept` says for each kind of request. */
export const acceptHeaders: Readonly<Record<Accept, string>> = {
  page: 'text/html,application/xhtml+xml,text/markdown;q=0.9,text/plain;q=0.8,application/pdf;q=0.7',
  document: 'application/pdf,text/html,text/markdown,text/plain,*/*;q=0.1',
  robots: 'text/plain,*/*;q=0.1',
  sitemap: 'application/xml,text/xml,application/gzip,text/plain,*/*;q=0.1',
};

export function mediaTypeOf(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

/** Whether a body of this type is worth reading; `unknown` can be decided only with the bytes. */
export function accepts(accept: Accept, mediaType: string): 'yes' | 'no' | 'unknown' {
  if (accept === 'robots') return 'yes';
  if (UNKNOWN.test(mediaType)) return accept === 'sitemap' ? 'yes' : 'unknown';
  if (accept === 'document' && PACKAGE.test(mediaType)) return 'yes';
  return (accept === 'sitemap' ? SITEMAP : DOCUMENT).test(mediaType) ? 'yes' : 'no';
}

/** The type that the first bytes show. */
export function sniffed(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 1_024)).toString('latin1');
  if (head.includes('%PDF-')) return 'application/pdf';
  if (head.startsWith('PK\x03\x04')) return 'application/zip';
  if (/^(?:ï»¿)?\s*<(?:!doctype html|html|head|body|!--)/i.test(head)) return 'text/html';
  return 'application/octet-stream';
}
