import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections, which would take one in between. */
const LOWEST = 10_000;
const HIGHEST = 32_000;

/** Ports that are free now: the first of `count` in a row, so that bases work too. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const base = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST - count));
    const free = await Promise.all(
      Array.from({ length: count }, (_, index) => isFree(base + index)),
    );
    if (free.every(Boolean)) return base;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
