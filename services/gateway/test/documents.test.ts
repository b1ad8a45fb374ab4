import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobRef } from '@slipstream/contracts';
import { getBlob } from '@slipstream/jetstream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type Json, startGateway, type TestGateway } from './gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const pdf = '%PDF-1.7\n%âãÏÓ\n1 0 obj';

async function upload(
  parts: readonly (readonly [name: string, value: string | File])[],
  headers: Record<string, string> = {},
  path = '/v1/documents',
): Promise<Answer> {
  const form = new FormData();
  for (const [name, value] of parts) form.append(name, value);
  const init = { method: 'POST', body: form, headers };
  const response = await fetch(gateway.url + path, init);
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

test('notes are asked for by a field', async () => {
  const form = await upload([brand, ['notes', 'true'], file(pdf, 'f.pdf')]);
  expect(await payloadOf(form)).toMatchObject({ notes: true });
  const url = 'https://docs.example.com/a.pdf';
  const json = await gateway.post('/v1/documents', { url, brand: 'Acme', notes: true });
  expect(await payloadOf(json)).toEqual({ url, brand: 'Acme', notes: true });
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
  ['a Word document by its name', 'PK\x03\x04word', 'a.docx', '', DOCX],
  ['a book by its type', 'PK\x03\x04', 'a', 'application/epub+zip', 'application/epub+zip'],
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
  ['a Word document in name only', 'hello', 'a.docx', DOCX],
  ['another ZIP', 'PK\x03\x04', 'a.zip', 'application/zip'],
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
  ['notes that are neither', [brand, ['notes', 'maybe'], file('x', 'a.txt')], '/notes'],
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

describe('POST /v1/documents/batch', () => {
  const path = '/v1/documents/batch';
  const files = (count: number) =>
    Array.from({ length: count }, (_, n) => file(`text ${n}`, `${n}.txt`));

  test('many files become one workflow, a node for each in their order', async () => {
    const answer = await upload([brand, ['notes', 'true'], ...files(30)], {}, path);
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/v1/workflows/${answer.body['id']}`);
    const stored = await gateway.bus.manager.streams.getMessage('TASKS_BATCH', {
      last_by_subj: `tasks.batch.high.${answer.body['id']}`,
    });
    const { payload } = stored?.json<{ payload: { nodes: Record<string, Json> } }>() ?? {};
    expect(Object.keys(payload?.nodes ?? {})).toHaveLength(30);
    expect(payload?.nodes['30']).toMatchObject({
      kind: 'ingest-document',
      payload: { brand: 'Acme & Co.', fileName: '29.txt', notes: true },
    });
    const ref = payload?.nodes['30']?.['payload']?.['file'] as unknown as BlobRef;
    expect(String(await getBlob(gateway.bus, ref))).toBe('text 29');
    expect(await readdir(join(gateway.dir, 'uploads'))).toEqual([]);
  });

  test('batchSize says how many are under way at once, in a form and in JSON', async () => {
    const urls = ['https://docs.example.com/a.pdf'];
    const form = (size: string) => upload([brand, ['batchSize', size], ...files(1)], {}, path);
    for (const { status, body } of [
      await form('7'),
      await gateway.post(path, { urls, brand: 'Acme', batchSize: 7 }),
    ]) {
      expect(status).toBe(202);
      const stored = await gateway.bus.manager.streams.getMessage('TASKS_BATCH', {
        last_by_subj: `tasks.batch.high.${body['id']}`,
      });
      expect(stored?.json<{ payload: object }>().payload).toMatchObject({ concurrency: 7 });
    }
    for (const { status, body } of [
      await form('many'),
      await gateway.post(path, { urls, brand: 'Acme', batchSize: 0 }),
    ]) {
      expect([status, body['errors']]).toEqual([
        400,
        [{ path: '/batchSize', message: expect.any(String) }],
      ]);
    }
  });

  test('URLs may have notes too', async () => {
    const urls = ['https://docs.example.com/a.pdf', 'https://docs.example.com/b.pdf'];
    const answer = await gateway.post(path, { urls, brand: 'Acme', notes: true });
    expect(answer.status).toBe(202);
  });

  test('one file that is not supported refuses all of them, and names itself', async () => {
    const bad = file(new Uint8Array([1, 0, 2]), 'bad.bin');
    const { status, body } = await upload([brand, ...files(2), bad], {}, path);
    expect([status, body['code']]).toEqual([415, 'unsupported-document']);
    expect(body['detail']).toContain('bad.bin');
    expect(await readdir(join(gateway.dir, 'uploads'))).toEqual([]);
  });

  test('more than a hundred files, and an address for them, are refused', async () => {
    const many = await upload([brand, ...files(101)], {}, path);
    expect(many.body['errors']).toContainEqual({ path: '/file', message: 'at most 100 files' });
    const addressed = await upload([brand, ['url', 'https://x.example/'], ...files(1)], {}, path);
    expect(addressed.body['errors']).toContainEqual({
      path: '/url',
      message: 'is not a known field',
    });
  });
});
