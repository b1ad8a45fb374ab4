import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobRef } from '@slipstream/contracts';
import { getBlob } from '@slipstream/jetstream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, type Json, startGateway, type TestGateway } from './gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const pdf = '%PDF-1.7\n%âãÏÓ\n1 0 obj';

async function upload(
  parts: readonly (readonly [name: string, value: string | File])[],
  headers: Record<string, string> = {},
): Promise<Answer> {
  const form = new FormData();
  for (const [name, value] of parts) form.append(name, value);
  const init = { method: 'POST', body: form, headers };
  const response = await fetch(`${gateway.url}/v1/documents`, init);
  const body = (await response.json()) as Json;
  return { status: response.status, headers: response.headers, body };
}
const file = (content: string | Uint8Array<ArrayBuffer>, name: string, type = '') =>
  ['file', new File([content], name, { type })] as const;
const brand = ['brand', 'Acme & Co.'] as const;

/** The payload of the task as it waits in its queue. */
async function payloadOf({ body }: Answer): Promise<Record<string, string>> {
  const stored = await gateway.bus.manager.streams.getMessage('TASKS_INGESTION', {
    last_by_subj: `tasks.ingestion.normal.${body['id']}`,
  });
  if (!stored) throw new Error(`task ${body['id']} is not in its queue`);
  return stored.json<{ payload: Record<string, string> }>().payload;
}

test('an upload becomes a task, and its bytes are kept beside it', async () => {
  const answer = await upload([brand, file(pdf, 'Fell 12.pdf', 'application/pdf')]);
  expect(answer.status).toBe(202);
  expect(answer.headers.get('location')).toBe(`/v1/tasks/${answer.body['id']}`);
  expect(answer.body).toMatchObject({ kind: 'ingest-document', state: 'queued' });
  const payload = await payloadOf(answer);
  expect(payload).toMatchObject({
    brand: 'Acme & Co.',
    fileName: 'Fell 12.pdf',
    contentType: 'application/pdf',
    url: expect.stringMatching(/^https:\/\/upload\.invalid\/[0-9a-f]{16}\/Fell%2012\.pdf$/),
  });
  const bytes = await getBlob(gateway.bus, payload['file'] as BlobRef);
  expect(Buffer.from(bytes ?? []).toString()).toBe(pdf);
});

test('the fields may come after the file, and the address may be given', async () => {
  const url = 'https://docs.example.com/fell-12.pdf';
  const answer = await upload([file(pdf, 'f.pdf'), ['url', url], brand]);
  expect(await payloadOf(answer)).toMatchObject({ url, brand: 'Acme & Co.' });
});

test('a file of several megabytes arrives whole', async () => {
  const bytes = new Uint8Array(3 << 20).map((_, i) => 32 + (i % 90));
  const answer = await upload([brand, file(bytes, 'large.txt', 'text/plain')]);
  const { file: ref } = await payloadOf(answer);
  expect(Buffer.from(bytes).equals((await getBlob(gateway.bus, ref as BlobRef)) as Buffer)).toBe(
    true,
  );
});

test.each([
  ['a PDF under another name', pdf, 'manual.bin', '', 'application/pdf'],
  ['HTML', '<!doctype html><p>x', 'page', '', 'text/html'],
  ['HTML that says text', '\n<html lang="en">', 'page', 'text/plain', 'text/html'],
  ['Markdown by its name', '# Title', 'readme.md', 'application/octet-stream', 'text/markdown'],
  ['Markdown by its type', '# Title', 'readme', 'text/markdown', 'text/markdown'],
  ['text', 'hello', 'notes.txt', '', 'text/plain'],
] as const)('%s is recognised', async (_what, content, name, type, expected) => {
  const answer = await upload([brand, file(content, name, type)]);
  expect(answer.status).toBe(202);
  expect(await payloadOf(answer)).toMatchObject({ contentType: expected });
});

test.each([
  ['an image', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1]), 'a.png', 'image/png'],
  ['bytes that say text', new Uint8Array([65, 0, 66, 0]), 'a.txt', 'text/plain'],
  ['a PDF in name only', 'hello', 'a.pdf', 'application/pdf'],
  ['an unknown type', 'a,b', 'a.xyz', 'application/octet-stream'],
])('%s is 415', async (_what, content, name, type) => {
  const { status, body } = await upload([brand, file(content, name, type)]);
  expect([status, body['code']]).toEqual([415, 'unsupported-document']);
});

test.each([
  ['no file', [brand], '/file'],
  ['an empty file', [brand, file('', 'a.txt')], '/file'],
  ['no brand', [file('x', 'a.txt')], '/brand'],
  ['two files', [brand, file('x', 'a.txt'), file('y', 'b.txt')], '/file'],
  ['an unknown field', [brand, ['colour', 'red'], file('x', 'a.txt')], '/colour'],
  ['an address that is none', [brand, ['url', 'ftp://x/'], file('x', 'a.txt')], '/url'],
] as const)('%s is refused with the path', async (_what, parts, path) => {
  const { status, body } = await upload(parts);
  expect([status, body['code']]).toEqual([400, 'invalid-request']);
  expect(body['errors']).toContainEqual({ path, message: expect.any(String) });
});

test.each([
  ['without a boundary', 'multipart/form-data', 'x'],
  ['of something else', 'multipart/form-data; boundary=a', 'x'],
  [
    'that breaks off',
    'multipart/form-data; boundary=a',
    '--a\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello',
  ],
  ['that is empty', 'multipart/form-data; boundary=a', '--a--\r\n'],
])('a form %s is 400', async (_what, type, body) => {
  const answer = await gateway.post('/v1/documents', body, { 'content-type': type });
  expect([answer.status, answer.body['code']]).toEqual([400, 'invalid-request']);
});

test('an upload that breaks off or is refused leaves no file behind', async () => {
  await upload([brand, file('x', 'a.xyz')]);
  const uploads = join(gateway.dir, 'uploads');
  expect(await readdir(uploads)).toEqual([]);
});

test('the same key and file is the same task, the same key and another file is 409', async () => {
  const headers = { 'idempotency-key': 'upload' };
  const one = await upload([brand, file('one', 'a.txt')], headers);
  const again = await upload([brand, file('one', 'a.txt')], headers);
  expect(again.body['id']).toBe(one.body['id']);
  expect((await upload([brand, file('two', 'a.txt')], headers)).status).toBe(409);
});

test('a document can be fetched from a public address', async () => {
  const url = 'https://docs.example.com/a.pdf';
  const answer = await gateway.post('/v1/documents', { url, brand: 'Acme' });
  expect(answer.status).toBe(202);
  expect(await payloadOf(answer)).toEqual({ url, brand: 'Acme' });
  const closed = await gateway.post('/v1/documents', { url: 'http://10.0.0.1/', brand: 'Acme' });
  expect([closed.status, closed.body['code']]).toEqual([400, 'url-not-allowed']);
  const form = await gateway.post('/v1/documents', 'x=1', {
    'content-type': 'application/x-www-form-urlencoded',
  });
  expect([form.status, form.body['code']]).toEqual([415, 'unsupported-media-type']);
});
