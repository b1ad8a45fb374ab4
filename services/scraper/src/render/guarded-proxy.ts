import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { guardedLookup, type Resolve } from '@slipstream/documents/guarded-agent';
import { type AllowList, checkUrl } from '@slipstream/documents/net-guard';

export interface GuardedProxyOptions {
  readonly allow: AllowList;
  /** Of one answer, or of one connection where the bytes are encrypted. */
  readonly maxBytes: number;
  readonly resolve?: Resolve | undefined;
}

export interface GuardedProxy extends AsyncDisposable {
  readonly url: string;
}

/** What a proxy must not pass on: these belong to one connection (RFC 9110, 7.6.1). */
const ofOneConnection = ['connection', 'keep-alive', 'proxy-authorization', 'proxy-connection'];

/**
 * A forward proxy for a browser on this machine, with the guard of the fetcher: every address that
 * a page's scripts, frames and redirects ask for is checked where the connection is made, and what
 * is not public and not on the allow list is answered by 403.
 */
export async function startGuardedProxy(options: GuardedProxyOptions): Promise<GuardedProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((asked, answer) => forward(asked, answer, options));
  server.on('connect', (asked: IncomingMessage, client: Duplex, head: Buffer) =>
    tunnel(asked, client, head, options),
  );
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((done) => server.close(done));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function forward(asked: IncomingMessage, answer: ServerResponse, options: GuardedProxyOptions) {
  const verdict = checkUrl(asked.url ?? '', options.allow);
  if (!verdict.ok || verdict.url.protocol !== 'http:') return refuse(answer, 403);
  const { url } = verdict;
  const port = Number(url.port || 80);
  const upstream = request({
    host: bareHost(url),
    port,
    path: url.pathname + url.search,
    method: asked.method,
    headers: withoutConnection(asked.headers),
    lookup: guardedLookup(options.allow, port, options.resolve),
    agent: false,
  });
  upstream.on('response', (response) => {
    answer.writeHead(response.statusCode ?? 502, withoutConnection(response.headers));
    response.on('error', () => answer.destroy());
    bounded(response, options.maxBytes).pipe(answer);
  });
  upstream.on('error', () => (answer.headersSent ? answer.destroy() : refuse(answer, 502)));
  answer.on('close', () => upstream.destroy());
  asked.pipe(upstream);
}

function tunnel(
  asked: IncomingMessage,
  client: Duplex,
  head: Buffer,
  options: GuardedProxyOptions,
) {
  const verdict = checkUrl(`https://${asked.url}/`, options.allow);
  if (!verdict.ok) return void client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  const port = Number(verdict.url.port || 443);
  const lookup = guardedLookup(options.allow, port, options.resolve);
  const upstream = connect({ host: bareHost(verdict.url), port, lookup });
  upstream.once('connect', () => {
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    upstream.write(head);
    client.pipe(upstream);
    bounded(upstream, options.maxBytes).pipe(client);
  });
  // Whichever side goes, however it goes, takes the other one along.
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

function bounded<Stream extends Readable>(stream: Stream, maxBytes: number): Stream {
  let bytes = 0;
  stream.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes > maxBytes) stream.destroy(new Error(`more than ${maxBytes} bytes`));
  });
  return stream;
}

function refuse(answer: ServerResponse, status: 403 | 502): void {
  answer.writeHead(status).end();
}

function bareHost({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function withoutConnection(
  headers: NodeJS.Dict<string | string[]>,
): NodeJS.Dict<string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !ofOneConnection.includes(name)),
  );
}
