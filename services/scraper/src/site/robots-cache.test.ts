import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { createFetcher } from '../fetch/index.ts';
import { startTestServer } from '../fetch/start-test-server.ts';
import { createRobotsCache } from './robots-cache.ts';

const { signal } = new AbortController();

/** Whether a site whose robots.txt is answered so lets `/private` be fetched. */
async function allowedBy(listener: RequestListener): Promise<boolean> {
  await using site = await startTestServer(listener);
  await using fetcher = createFetcher({ allow: ['127.0.0.1'], userAgent: 'Test/1', delayMs: 0 });
  const rules = await createRobotsCache(fetcher).of(`${site.origin}/private`, signal);
  return rules.allowed(`${site.origin}/private`, 'Test');
}

const rules = 'User-agent: *\nDisallow: /private\n';
const status =
  (code: number, headers = {}): RequestListener =>
  (_, answer) =>
    answer.writeHead(code, headers).end(rules);

/** RFC 9309, 2.3.1. */
test('what is there holds, of whatever type it is', async () => {
  expect(await allowedBy(status(200, { 'content-type': 'text/html' }))).toBe(false);
});

test.each([400, 401, 403, 404, 410, 418])(
  'answered %i there is none: all is allowed',
  async (code) => {
    expect(await allowedBy(status(code))).toBe(true);
  },
);

test.each([429, 500, 503])('answered %i nothing may be fetched for now', async (code) => {
  await expect(allowedBy(status(code, { 'retry-after': '7' }))).rejects.toMatchObject({
    code: 'robots-unreachable',
    delayMs: 7_000,
  });
});

test('a server that hangs up says nothing, so nothing may be fetched', async () => {
  await expect(allowedBy(({ socket }) => socket.destroy())).rejects.toMatchObject({
    code: 'robots-unreachable',
  });
});

test.each([
  ['five redirects are followed, and what is at their end holds for where they began', 5, false],
  ['more than five are as good as none', 6, true],
])('%s', async (_, hops, allowed) => {
  const listener: RequestListener = ({ url = '' }, answer) => {
    const at = Number(/\d+/.exec(url) ?? 0);
    if (at === hops) return answer.end(rules);
    return answer.writeHead(302, { location: `/robots-${at + 1}.txt` }).end();
  };
  expect(await allowedBy(listener)).toBe(allowed);
});

test('a file is read once in an hour, also when many ask at once', async () => {
  let now = 0;
  await using site = await startTestServer((_, answer) => answer.end(rules));
  await using fetcher = createFetcher({ allow: ['127.0.0.1'], userAgent: 'Test/1', delayMs: 0 });
  const cache = createRobotsCache(fetcher, () => now);
  const ask = () => cache.of(`${site.origin}/a`, signal);
  await Promise.all([ask(), ask(), ask()]);
  now = 3_599_999;
  await ask();
  expect(site.seen).toEqual(['/robots.txt']);
  now = 3_600_000;
  await ask();
  expect(site.seen).toHaveLength(2);
});
