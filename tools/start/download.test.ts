import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { download, fillCache, verifyChecksum } from './download.mjs';

const bytes = Buffer.from('an archive');
const sum = createHash('sha256').update(bytes).digest('hex');

async function startSite(status: number) {
  const server = createServer((_request, response) => response.writeHead(status).end(bytes));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/file`,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}

test('the bytes of an address come back as they are', async () => {
  await using site = await startSite(200);
  expect(await download(site.url)).toEqual(bytes);
});

test('an address that answers 404 is an error', async () => {
  await using site = await startSite(404);
  await expect(download(site.url)).rejects.toThrow(`${site.url} answered 404`);
});

test('bytes with the published checksum pass', () => {
  verifyChecksum(bytes, 'a.tar.gz', `${'0'.repeat(64)}  b.tar.gz\n${sum}  a.tar.gz\n`);
});

test('bytes with another checksum are refused', () => {
  const list = `${'0'.repeat(64)}  a.tar.gz\n`;
  expect(() => verifyChecksum(bytes, 'a.tar.gz', list)).toThrow(
    `a.tar.gz is not what was published: SHA-256 ${sum}, not ${'0'.repeat(64)}`,
  );
});

test('bytes that the list does not name are refused', () => {
  expect(() => verifyChecksum(bytes, 'a.tar.gz', `${sum}  xa.tar.gz\n`)).toThrow('has no a.tar.gz');
});

test('a fill that fails leaves nothing in the cache, and a later one replaces what was there', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'cache-'));
  await using _cleanup = {
    [Symbol.asyncDispose]: () => rm(cache, { recursive: true, force: true }),
  };
  const target = join(cache, 'tool');
  const fill = (text: string) =>
    fillCache(target, async (folder) => {
      await writeFile(join(folder, 'file'), text);
      if (text === 'broken') throw new Error('checksum');
      return folder;
    });
  await expect(fill('broken')).rejects.toThrow('checksum');
  expect([existsSync(target), await readdir(cache)]).toEqual([false, []]);
  await fill('old');
  await fill('new');
  expect(await readFile(join(target, 'file'), 'utf8')).toBe('new');
});
