import { createHash } from 'node:crypto';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Chunk } from '@slipstream/contracts';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { type Reply, startOpenAiServer } from '@slipstream/testing';
import { expect, test, vi } from 'vitest';
import { type Slipstream, startSlipstream } from './slipstream.ts';

const DOCUMENTS = 60;
const DIMENSIONS = 256;
const brand = 'Quillmere';
const NEW = `words@${DIMENSIONS}`;

const topics = ['bread', 'bicycles', 'guitars', 'glaciers', 'taxes', 'lighthouses'];
const textOf = (nth: number): string =>
  `Chapter ${nth} of the handbook is about ${topics[nth % topics.length]}, with widget${nth} as its example.`;

const chunkOf = (nth: number): Chunk => ({
  id: createHash('sha256').update(String(nth)).digest('hex').slice(0, 32),
  brand,
  source: 'https://docs.example',
  docId: `d${nth}`,
  url: `https://docs.example/${nth}`,
  title: 'Handbook',
  headingPath: [],
  ordinal: 0,
  text: textOf(nth),
  fetchedAt: '2026-11-01T00:00:00.000Z',
});

/** Each word is a direction, more or less: texts of the same words are near. */
function vectorOf(text: string): number[] {
  const vector = new Array<number>(DIMENSIONS).fill(0.01);
  for (const word of text.toLowerCase().match(/\w+/g) ?? []) {
    const place = createHash('sha256').update(word).digest().readUInt16BE(0) % DIMENSIONS;
    vector[place] = (vector[place] ?? 0) + 1;
  }
  return vector;
}

interface Seen {
  readonly status: number;
  readonly embedder: string | undefined;
  readonly degraded: string | undefined;
  readonly asked: string;
  readonly best: string | undefined;
}

async function search(system: Slipstream, nth: number, mode: string): Promise<Seen> {
  const query = new URLSearchParams({ q: textOf(nth), brand, mode, limit: '3' });
  const response = await fetch(`${system.url}/v1/search?${query}`);
  const { hits, embedder, degraded } = (await response.json()) as {
    hits?: { url: string }[];
    embedder?: string;
    degraded?: string;
  };
  const asked = `https://docs.example/${nth}`;
  return { status: response.status, embedder, degraded, asked, best: hits?.[0]?.url };
}

/** Searches without a pause until it is told to stop. */
function searchOn(system: Slipstream) {
  const seen: Seen[] = [];
  let stopped = false;
  const done = (async () => {
    for (let nth = 0; !stopped; nth++) {
      const one = search(system, nth % DOCUMENTS, 'hybrid');
      const other = search(system, (nth * 7) % DOCUMENTS, 'vector');
      seen.push(...(await Promise.all([one, other])));
    }
  })();
  return {
    seen,
    async stop() {
      stopped = true;
      await done;
    },
  };
}

const isRight = ({ status, degraded, asked, best }: Seen): boolean =>
  status === 200 && degraded === undefined && best === asked;

test('the embedder is changed while searches go on: none fails, none is wrong, no vectors mix', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 're-embed-'));
  const uri = join(folder.path, 'knowledge');
  const chunks = Array.from({ length: DOCUMENTS }, (_, nth) => chunkOf(nth));
  {
    await using store = await openKnowledgeStore({ uri });
    await store.writeDocuments(chunks.map((chunk) => ({ ...chunk, chunks: [chunk] })));
  }
  {
    await using system = await startSlipstream({}, folder.path);
    const { body } = await system.post('/v1/maintenance/re-embed', {});
    const report = { from: 'use-lite', to: 'use-lite', documents: DOCUMENTS, chunks: DOCUMENTS };
    expect(await system.ended(body.id)).toMatchObject({ state: 'succeeded', result: report });
    expect(await search(system, 5, 'vector')).toMatchObject({ embedder: 'use-lite' });
  }

  /** After so many passages the model stops answering, until it is told to go on. */
  let passages = 0;
  const enough = 20;
  const goOn = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const words: Reply = async (response, request) => {
    const input = request.body['input'] as string[];
    if (input.some((text) => text.startsWith('Handbook\n')) && ++passages > enough) {
      held.resolve();
      await goOn.promise;
    }
    const data = input.map((text, index) => ({ index, embedding: vectorOf(text) }));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data }));
  };
  await using model = await startOpenAiServer(words);
  await using system = await startSlipstream(
    {
      SLIPSTREAM_EMBEDDER: 'openai-compatible',
      SLIPSTREAM_EMBEDDER_URL: model.baseUrl,
      SLIPSTREAM_EMBEDDER_MODEL: 'words',
      SLIPSTREAM_EMBEDDER_DIMENSIONS: String(DIMENSIONS),
    },
    folder.path,
  );
  const searches = searchOn(system);
  const reEmbed = async (payload: object): Promise<string> =>
    (await system.post('/v1/maintenance/re-embed', payload)).body.id;

  // Cancelled in the middle: the old embedder is searched on, and what was done stays done.
  const first = await reEmbed({});
  await held.promise;
  const { status } = await system.post(`/v1/tasks/${first}/cancel`, undefined);
  expect(status).toBe(200);
  goOn.resolve();
  expect(await system.ended(first)).toMatchObject({ state: 'cancelled' });
  // The last vectors may share a commit that is still to come.
  await vi.waitFor(async () => {
    const look = await system.ended(await reEmbed({ dryRun: true }));
    expect(look.result).toMatchObject({ from: 'use-lite', to: NEW });
    expect((look.result as { chunks: number }).chunks).toBeLessThanOrEqual(DOCUMENTS - enough);
  });

  // A brand that has nothing to do with it switches nothing, as long as something is missing.
  const other = await system.ended(await reEmbed({ brand: 'Other' }));
  expect(other).toMatchObject({ state: 'succeeded', result: { documents: 0 } });
  await using store = await openKnowledgeStore({ uri });
  expect(searches.seen.every((one) => one.embedder === 'use-lite')).toBe(true);

  const late = chunkOf(DOCUMENTS);
  const second = await reEmbed({});
  await store.writeDocuments([{ ...late, chunks: [late] }]);
  await system.post('/v1/tasks', {
    kind: 'embed-chunks',
    payload: { brand, docId: late.docId },
  });
  expect(await system.ended(second)).toMatchObject({ state: 'succeeded' });
  await vi.waitFor(() => expect(searches.seen.at(-1)?.embedder).toBe(NEW), 20_000);
  const switchedAt = searches.seen.length;
  await vi.waitFor(() => expect(searches.seen.length).toBeGreaterThan(switchedAt + 20), 20_000);
  await searches.stop();

  const { seen } = searches;
  expect(seen.filter((one) => !isRight(one)).slice(0, 3)).toEqual([]);
  const ids = seen.map(({ embedder }) => embedder);
  expect(new Set(ids)).toEqual(new Set(['use-lite', NEW]));
  await vi.waitFor(async () => {
    expect(await store.unembedded({ id: NEW, dimensions: DIMENSIONS })).toEqual([]);
    expect((await store.stats()).vectors).toMatchObject({ [NEW]: DOCUMENTS + 1 });
  }, 20_000);
  expect(await search(system, DOCUMENTS, 'vector')).toMatchObject({
    embedder: NEW,
    best: late.url,
  });
}, 240_000);
