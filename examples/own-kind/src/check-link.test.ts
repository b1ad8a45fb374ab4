import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTestKit } from '@slipstream/testkit';
import { afterAll, expect, test } from 'vitest';
import { tasks } from './check-link.ts';
import { createHandlers } from './handlers.ts';

/** Answers with these, one after the other, and with the last of them from then on. */
async function startSite(answers: readonly number[]): Promise<{ url: string } & AsyncDisposable> {
  const left = [...answers];
  const server = createServer((_request, response) => {
    const status = (left.length > 1 ? left.shift() : left[0]) ?? 500;
    response.writeHead(status, status === 429 ? { 'retry-after': '3600' } : {}).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const kit = await startTestKit(tasks, ({ now }) => ({ batch: createHandlers({ now }) }));
afterAll(() => kit[Symbol.asyncDispose]());

test('a link that leads nowhere is a result, not a failure', async () => {
  await using site = await startSite([404]);
  const id = await kit.submit('check-link', { url: site.url });
  expect(await kit.completed(id)).toMatchObject({
    state: 'succeeded',
    result: { there: false, status: 404 },
  });
});

test('a site that is busy is asked again when it said, an hour later, without waiting for it', async () => {
  await using site = await startSite([429, 200]);
  const asked = kit.clock.now();
  const id = await kit.submit('check-link', { url: site.url });
  await kit.reaches(id, 'retrying');
  await kit.clock.advance(3_600_000);
  const { attempt, result } = await kit.completed(id);
  const { checkedAt, ...rest } = result as { checkedAt: string };
  expect([attempt, rest]).toEqual([2, { there: true, status: 200 }]);
  expect(Date.parse(checkedAt) - asked).toBeGreaterThanOrEqual(3_600_000);
});

test('what is not a web address fails at once', async () => {
  const id = await kit.submit('check-link', { url: 'ftp://example.com/' });
  expect(await kit.completed(id)).toMatchObject({
    state: 'failed',
    attempt: 1,
    error: { code: 'not-http' },
  });
});
