/** Serves the manual as a process of its own until SIGTERM or SIGINT. */
import { type ManualServer, serveManual } from './serve-manual.ts';

const host = process.env['SLIPSTREAM_MANUAL_HOST'] ?? '127.0.0.1';
const port = Number(process.env['SLIPSTREAM_MANUAL_PORT'] ?? 8081);

try {
  const server = await serveManual({ host, port });
  stopOnSignal(server);
  process.stdout.write(`The Quillmere manual is at ${server.url}/index.html\n`);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}

function stopOnSignal(server: ManualServer): void {
  const stop = () => void server[Symbol.asyncDispose]();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function explain(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return `Port ${port} is taken. Set SLIPSTREAM_MANUAL_PORT to a free port.`;
  }
  if (code === 'ERR_SOCKET_BAD_PORT') {
    return `SLIPSTREAM_MANUAL_PORT is a number from 0 to 65535, not "${process.env['SLIPSTREAM_MANUAL_PORT']}".`;
  }
  return `The manual cannot be served on ${host}:${port}: ${String(error)}`;
}
