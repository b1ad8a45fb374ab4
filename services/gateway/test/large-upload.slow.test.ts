import { expect, test } from 'vitest';
import { startGateway } from './gateway.ts';

test('an upload of more than 100 MiB is 413', async () => {
  await using gateway = await startGateway();
  const body = new FormData();
  body.append('brand', 'Acme');
  body.append('file', new File([new Uint8Array((100 << 20) + 1).fill(65)], 'huge.txt'));
  const response = await fetch(`${gateway.url}/v1/documents`, { method: 'POST', body });
  expect([response.status, await response.json()]).toMatchObject([
    413,
    { code: 'payload-too-large' },
  ]);
});
