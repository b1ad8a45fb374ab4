import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How long requests in hand may take when the app closes. */
const GRACE_MS = 10_000;

/**
 * Sees to it that the app closes soon. Node counts a connection on which no request has come yet as
 * busy (browsers and HTTP clients open them ahead), so those are closed here; idle ones are closed
 * by the app, and requests in hand get `graceMs`.
 */
export function closeConnectionsOnClose(app: FastifyInstance, graceMs = GRACE_MS): void {
  const unused = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  app.server.on('request', ({ socket }) => unused.delete(socket));
  app.addHook('preClose', async () => {
    for (const socket of unused) socket.destroy();
    setTimeout(() => app.server.closeAllConnections(), graceMs).unref();
  });
}
