import { readFileSync } from 'node:fs';
import { ERRORS_PAGE, errorsPage, type HttpApp } from '@slipstream/http';
import type { GatewayParts } from '../parts.ts';

/** The first page loads nothing from anywhere else. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const files = {
  '/page/page.css': 'text/css',
  '/page/main.js': 'text/javascript',
  '/page/api.js': 'text/javascript',
  '/page/ask.js': 'text/javascript',
  '/page/crawl.js': 'text/javascript',
  '/page/dom.js': 'text/javascript',
  '/page/status.js': 'text/javascript',
} as const;

/** The first page, from memory, and the page that explains error codes. */
export function pageRoutes(app: HttpApp, { config }: GatewayParts): void {
  const serve = (url: string, type: string, body: string): void => {
    app.get(url, { schema: { hide: true } }, (_request, reply) =>
      reply
        .header('content-type', `${type}; charset=utf-8`)
        .header('content-security-policy', policy)
        .header('x-content-type-options', 'nosniff')
        .header('referrer-policy', 'no-referrer')
        .header('cache-control', 'no-cache')
        .send(body),
    );
  };
  const sample = escapeHtml(config.SLIPSTREAM_MANUAL_URL ?? '');
  serve(
    '/',
    'text/html',
    read('index.html').replace('%SAMPLE_SITE%', () => sample),
  );
  for (const [url, type] of Object.entries(files)) serve(url, type, read(url.slice(6)));
  serve(ERRORS_PAGE, 'text/markdown', errorsPage());
}

const read = (name: string): string =>
  readFileSync(new URL(`../page/${name}`, import.meta.url), 'utf8');

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
