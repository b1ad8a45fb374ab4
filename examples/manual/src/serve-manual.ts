import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { etagOf, ORIGIN_PLACEHOLDER, readSite, type SiteFile } from './read-site.ts';

/** What was asked of the server and what it answered. */
export type ManualRequest = {
  readonly method: string;
  readonly path: string;
  readonly status: number;
};

/** The manual on the air, until it is disposed of. */
export interface ManualServer extends AsyncDisposable {
  /** `http://127.0.0.1:8081`, without a slash at the end. */
  readonly url: string;
  /** The last 10,000 requests, oldest first. */
  readonly requests: readonly ManualRequest[];
}

/** Pages that have moved: old path, new path. */
export const MOVED: ReadonlyMap<string, string> = new Map([
  ['/how-to/firmware.html', '/how-to/update-firmware.html'],
]);

const KEPT_REQUESTS = 10_000;

/** Serves the finished site. Files are read once: a change needs a new server. */
export async function serveManual(
  options: { host?: string; port?: number } = {},
): Promise<ManualServer> {
  const { host = '127.0.0.1', port = 0 } = options;
  const files = await readSite();
  const requests: ManualRequest[] = [];
  const server = createServer((request, response) => {
    const path = pathOf(request);
    answer(files, path, request, response);
    requests.push({ method: request.method ?? 'GET', path, status: response.statusCode });
    if (requests.length > KEPT_REQUESTS) requests.shift();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    requests,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Only a path that is a key of the map is served, so no path can leave the site. */
function answer(
  files: ReadonlyMap<string, SiteFile>,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  const target = MOVED.get(path);
  if (target) {
    response.writeHead(301, { location: target }).end();
    return;
  }
  const file = files.get(path === '/' ? '/index.html' : path);
  const sent = file ?? files.get('/404.html');
  if (!sent) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Not found\n');
    return;
  }
  const body = withOrigin(sent, request);
  const etag = etagOf(body);
  const headers = { etag, 'last-modified': sent.lastModified.toUTCString() };
  if (file && isUnchanged(request, etag, file.lastModified)) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(file ? 200 : 404, {
    'content-type': sent.type,
    'content-length': body.byteLength,
    ...(file && headers),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function pathOf(request: IncomingMessage): string {
  const target = request.url ?? '/';
  if (!URL.canParse(target, 'http://manual')) return target;
  return new URL(target, 'http://manual').pathname;
}

function withOrigin(file: SiteFile, { headers }: IncomingMessage): Buffer {
  if (!file.body.includes(ORIGIN_PLACEHOLDER)) return file.body;
  // Letters, digits, dots, colons and brackets are all that a host may hold.
  const host = /^[\w.:[\]-]+$/.test(headers.host ?? '') ? headers.host : '127.0.0.1';
  return Buffer.from(file.body.toString('utf8').replaceAll(ORIGIN_PLACEHOLDER, `http://${host}`));
}

/** A tag, where the client sends one, counts more than a date. */
function isUnchanged({ headers }: IncomingMessage, etag: string, lastModified: Date): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined) {
    return tags.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')));
  }
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return since >= lastModified.getTime();
}
