import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveMetrics } from '@slipstream/telemetry';
import { type Ready, readiness } from './readiness.ts';

export interface OpsServerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly host: string;
  readonly ready: Ready;
}

export interface OpsServer extends AsyncDisposable {
  /** Where it listens: `http://127.0.0.1:9464`. */
  readonly url: string;
}

/**
 * Health and metrics of a service on a port of their own: `/livez` (the event loop answers),
 * `/readyz` (200, or 503 with what is wrong in words) and `/metrics` (Prometheus). Rejects with an
 * error that names the setting when the port is taken or the address is not this machine's.
 */
export async function createOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const { port, host, ready } = options;
  const server = createServer((request, response) => void answer(request, response, ready));
  await listen(server, port, host);
  const { address, port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${taken}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  ready: Ready,
): Promise<void> {
  const path = request.url?.split('?', 1)[0];
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return send(response, 405, { error: 'only GET' }, { allow: 'GET, HEAD' });
  }
  if (path === '/livez') return send(response, 200, { alive: true });
  if (path === '/metrics') return serveMetrics(request, response);
  if (path === '/readyz') {
    const state = await readiness(ready);
    return send(response, state.ready ? 200 : 503, state);
  }
  return send(response, 404, { error: 'here are /livez, /readyz and /metrics' });
}

function send(response: ServerResponse, status: number, body: object, headers = {}): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(`${JSON.stringify(body)}\n`);
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'is taken' : `cannot be listened on (${code})`;
    throw new Error(
      `port ${port} on ${host} for health and metrics ${why}: choose another with SLIPSTREAM_OPS_PORT (and SLIPSTREAM_OPS_HOST)`,
      { cause: error },
    );
  }
}
