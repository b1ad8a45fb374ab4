import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A sitemap of many pages, all of which ask not to be indexed: a crawl without index and vectors. */
export async function startBigSite(pages: number): Promise<AsyncDisposable & { url: string }> {
  const server = createServer(({ url, headers }, response) => {
    if (url === '/robots.txt') return void response.writeHead(404).end();
    if (url === '/sitemap.xml') {
      const entry = (number: number) => `<url><loc>http://${headers.host}/p${number}</loc></url>`;
      const body = Array.from({ length: pages }, (_, number) => entry(number)).join('');
      response.writeHead(200, { 'content-type': 'application/xml' });
      return void response.end(`<urlset>${body}</urlset>`);
    }
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<title>${url}</title><meta name="robots" content="noindex"><main>${url}</main>`);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
