import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, vi } from 'vitest';
import { keepRunning } from './keep-running.ts';
import { createOutput } from './output.ts';
import { explainUnready, waitUntilReady } from './readiness.ts';

test('a program that is not ready is explained by its answer and its last words', async () => {
  let status = 503;
  const server = createServer((_request, response) => {
    response.writeHead(status).end('no streams');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const readyUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/readyz`;
  const program = {
    name: 'rag',
    command: [
      process.execPath,
      '-e',
      "console.log('waiting'); setInterval(() => {}, 1e6)",
    ] as const,
    cwd: import.meta.dirname,
    env: process.env,
    readyUrl,
  };
  const running = keepRunning(
    program,
    createOutput('json', () => {}),
  );
  await vi.waitFor(() => expect(running.lastWords).toEqual(['waiting']), 5_000);
  expect(await explainUnready([running])).toBe(
    `rag is not ready: ${readyUrl} answers 503 no streams\n    waiting`,
  );
  status = 200;
  await waitUntilReady(running, AbortSignal.timeout(5_000));
  expect(await explainUnready([running])).toBeUndefined();
  await running.stop(5_000);
  server.close();
});
