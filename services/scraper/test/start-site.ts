import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  readonly status?: number;
  readonly body?: string | Buffer;
  readonly headers?: object;
}

export interface Site extends AsyncDisposable {
  readonly url: string;
  /** Paths in the order they were asked for. */
  readonly seen: string[];
}

/** A site of the test's own: a function from path to answer. */
export async function startSite(answer: (path: string) => Answer): Promise<Site> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    seen.push(path);
    const { status = 200, body = '', headers } = answer(path);
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A page with a paragraph, and whatever else stands before its text. */
export const page = (text: string, more = ''): string =>
  `<!doctype html><title>T</title>${more}<main><h1>Title</h1><p>${text} is told on this page.</p></main>`;

/** A sitemap of these entries. */
export const sitemap = (entries: readonly { loc: string; lastmod?: string }[]): Answer => ({
  headers: { 'content-type': 'application/xml' },
  body: `<urlset>${entries
    .map(({ loc, lastmod }) => {
      const dated = lastmod === undefined ? '' : `<lastmod>${lastmod}</lastmod>`;
      return `<url><loc>${loc}</loc>${dated}</url>`;
    })
    .join('')}</urlset>`,
});
