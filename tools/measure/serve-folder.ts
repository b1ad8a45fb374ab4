import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.htm': 'text/html',
  '.md': 'text/markdown',
  '.txt': 'text/plain',
  '.xml': 'application/xml',
  '.pdf': 'application/pdf',
};

/** Serves the files below a folder on a free port of this machine. */
export async function serveFolder(folder: string): Promise<AsyncDisposable & { url: string }> {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(request.url?.split('?', 1)[0] ?? '/'));
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
    const known = await stat(file).catch(() => undefined);
    if (!file.startsWith(folder) || !known?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    const type = types[extname(file).toLowerCase()] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'last-modified': known.mtime.toUTCString() });
    response.end(await readFile(file));
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
