import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SlowSite extends AsyncDisposable {
  readonly url: string;
  /** How often each page was asked for. */
  readonly hits: ReadonlyMap<string, number>;
  /** Pages being answered at this moment. */
  readonly open: ReadonlySet<string>;
  /** Resolves when this many different pages were asked for. */
  reached(pages: number): Promise<void>;
}

/** A site of pages that link in a chain and a sitemap that names half of them; each takes `delayMs`. */
export async function startSlowSite(pages: number, delayMs: number): Promise<SlowSite> {
  const hits = new Map<string, number>();
  const open = new Set<string>();
  const waiting = new Set<{ pages: number; resolve: () => void }>();
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const origin = `http://${request.headers.host}`;
    const number = /^\/page-(\d+)\.html$/.exec(path)?.[1];
    if (path === '/sitemap.xml') {
      const urls = Array.from(
        { length: pages / 2 },
        (_, index) => `${origin}/page-${index * 2}.html`,
      );
      const body = urls.map((url) => `<url><loc>${url}</loc></url>`).join('');
      response
        .writeHead(200, { 'content-type': 'application/xml' })
        .end(`<urlset>${body}</urlset>`);
      return;
    }
    if (number === undefined && path !== '/') {
      response.writeHead(404).end();
      return;
    }
    hits.set(path, (hits.get(path) ?? 0) + 1);
    for (const one of waiting) if (hits.size >= one.pages) one.resolve();
    open.add(path);
    await sleep(delayMs);
    open.delete(path);
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(pageOf(Number(number ?? 0), pages));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hits,
    open,
    reached: (wanted) =>
      new Promise((resolve) => {
        if (hits.size >= wanted) resolve();
        else waiting.add({ pages: wanted, resolve });
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const pageOf = (number: number, pages: number): string => `<!doctype html>
<title>Part ${number}</title>
<main><h1>Part ${number}</h1>
<p>Part number ${number} of the crash course carries the code ZX${number * 7919}. It is one of ${pages} parts.</p>
<p><a href="/page-${(number + 1) % pages}.html">next</a></p></main>`;
