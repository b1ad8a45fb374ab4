import type { BlobRef, Chunk } from '@slipstream/contracts';
import { getBlob } from '@slipstream/jetstream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, type Json, startGateway, type TestGateway } from './gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const url = 'https://docs.example/lamp';
const chunks = [
  { text: 'The lamp is lit by a lever.', title: 'Lamp', headings: ['Use', 'Light it'], page: 2 },
  { text: 'Polish it with wax.' },
];

/** The payload of a task as it waits in its queue. */
async function payloadOf({ body }: Answer, queue: string): Promise<Json> {
  const stored = await gateway.bus.manager.streams.getMessage(
    `TASKS_${queue.split('.')[0]?.toUpperCase()}`,
    { last_by_subj: `tasks.${queue}.${body['id']}` },
  );
  if (!stored) throw new Error(`task ${body['id']} is not in its queue`);
  return stored.json<{ payload: Json }>().payload;
}

async function chunksOf(payload: Json | undefined): Promise<Chunk[]> {
  const bytes = await getBlob(gateway.bus, payload?.['chunks'] as unknown as BlobRef);
  return JSON.parse(Buffer.from(bytes ?? []).toString()) as Chunk[];
}

test('chunks of a document are one task that writes them to the index, with all they are cited by', async () => {
  const body = { brand: 'Acme', url: `${url}#top`, chunks, waitMs: 0 };
  const answer = await gateway.post('/v1/embeddings', body);
  expect(answer.status).toBe(202);
  expect(answer.headers.get('location')).toBe(`/v1/tasks/${answer.body['id']}`);
  expect(answer.body).toMatchObject({ kind: 'index-write', category: 'ingestion' });
  const payload = await payloadOf(answer, 'ingestion.normal');
  expect(payload).toMatchObject({ brand: 'Acme', url });
  const common = { brand: 'Acme', url, title: 'Lamp', source: 'https://docs.example' };
  expect(await chunksOf(payload)).toEqual([
    expect.objectContaining({
      ...common,
      text: chunks[0]?.text,
      headingPath: ['Use', 'Light it'],
      page: 2,
      ordinal: 0,
    }),
    expect.objectContaining({ ...common, text: chunks[1]?.text, headingPath: [], ordinal: 1 }),
  ]);
});

test('chunks of many documents are one workflow, a node for each document', async () => {
  const other = { text: 'Of another page.', url: 'https://docs.example/other' };
  const answer = await gateway.post('/v1/embeddings/batch', {
    brand: 'Acme',
    url,
    chunks: [chunks[0], other, chunks[1]],
  });
  expect(answer.status).toBe(202);
  expect(answer.headers.get('location')).toBe(`/v1/workflows/${answer.body['id']}`);
  const { nodes } = await payloadOf(answer, 'batch.high');
  expect(Object.values(nodes ?? {}).map(({ kind }) => kind)).toEqual([
    'index-write',
    'index-write',
  ]);
  expect(await chunksOf(nodes?.['1']?.['payload'])).toHaveLength(2);
  expect(await chunksOf(nodes?.['2']?.['payload'])).toMatchObject([{ title: other.url }]);
});

test.each([
  ['neither texts nor chunks', {}, '/texts'],
  ['both', { texts: ['a'], chunks }, '/chunks'],
  ['no brand', { url, chunks }, '/brand'],
  ['no document', { brand: 'Acme', chunks: [{ text: 'a', url }, { text: 'b' }] }, '/chunks/1/url'],
  [
    'two documents',
    { brand: 'Acme', url, chunks: [...chunks, { text: 'a', url: `${url}2` }] },
    '/chunks',
  ],
  ['a blank text', { brand: 'Acme', url, chunks: [{ text: ' ' }] }, '/chunks/0/text'],
  ['a brand of texts', { brand: 'Acme', texts: ['a'] }, '/brand'],
])('%s: refused, with the path', async (_what, body, path) => {
  const answer = await gateway.post('/v1/embeddings', body);
  expect(answer.status).toBe(400);
  expect(answer.body['errors']).toContainEqual({ path, message: expect.any(String) });
});
