/**
 * Prints how long the parts of a retrieval take over a knowledge of 20,000 chunks, 512 dimensions,
 * vector index built, the question's embedding apart:
 *
 *   node tools/measure/retrieval.ts
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Chunk } from '@slipstream/contracts';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { countTerms, fuseForQuestion, idfFrom, rerankByFeatures } from '@slipstream/retrieval';

const DOCUMENTS = 2_500;
const CHUNKS_EACH = 8;
const QUESTIONS = 300;
const embedder = { id: 'measure', dimensions: 512 };

const random = seeded(7);
const vocabulary = Array.from({ length: 20_000 }, () => randomWord());
const dir = await mkdtemp(join(tmpdir(), 'retrieval-'));
const store = await openKnowledgeStore({ uri: dir });
await fill();
await store.maintain();
const idf = idfFrom(countTerms(await store.sampleTexts(3_000)));

const times: Record<string, number[]> = {};
for (let nth = -20; nth < QUESTIONS; nth++) {
  const question = `how do I ${sentence(8)}`;
  const vector = randomVector();
  const began = performance.now();
  const words = timed('keyword', nth, () => store.textSearch(question, 60));
  const [text, near, cosines] = await Promise.all([
    words,
    timed('vector', nth, () => store.vectorSearch(embedder, vector, 60)),
    words.then((hits) => {
      const chunks = hits.map(({ chunk }) => chunk);
      return timed('similarity', nth, () => store.similarities(embedder, vector, chunks));
    }),
  ]);
  const known = new Set(near.map(({ chunk }) => chunk.id));
  const rest = cosines.filter(({ chunk }) => !known.has(chunk.id));
  await timed('rerank', nth, async () =>
    rerankByFeatures(question, fuseForQuestion(question, text, [...near, ...rest], { idf }), {
      idf,
    }),
  );
  note('all', nth, performance.now() - began);
}
for (const [stage, values] of Object.entries(times)) {
  values.sort((one, other) => one - other);
  const at = (share: number) => (values[Math.floor(values.length * share)] ?? 0).toFixed(1);
  process.stdout.write(`${stage.padEnd(12)} p50 ${at(0.5)} ms   p99 ${at(0.99)} ms\n`);
}
await store[Symbol.asyncDispose]();
await rm(dir, { recursive: true });

async function fill(): Promise<void> {
  for (let from = 0; from < DOCUMENTS; from += 100) {
    const documents = Array.from({ length: 100 }, (_, nth) => documentOf(from + nth));
    await store.writeDocuments(documents);
    const rows = documents.flatMap(({ chunks }) =>
      chunks.map(({ brand, id }) => ({ brand, id, vector: randomVector() })),
    );
    await store.addVectors(embedder, rows);
  }
}

function documentOf(nth: number) {
  const docId = `document-${nth}`;
  const chunks = Array.from(
    { length: CHUNKS_EACH },
    (_, ordinal): Chunk => ({
      id: `${docId}-${ordinal}`,
      brand: 'measure',
      source: 'measure',
      docId,
      url: `https://docs.example/${nth}`,
      title: sentence(4),
      headingPath: [sentence(3)],
      ordinal,
      text: Array.from({ length: 6 }, () => `The ${sentence(14)}.`).join(' '),
      fetchedAt: '2026-01-01T00:00:00.000Z',
    }),
  );
  return { brand: 'measure', docId, chunks };
}

async function timed<T>(stage: string, nth: number, run: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await run();
  note(stage, nth, performance.now() - began);
  return result;
}

/** The first questions warm up and do not count. */
function note(stage: string, nth: number, ms: number): void {
  if (nth < 0) return;
  times[stage] ??= [];
  times[stage].push(ms);
}

/** Frequent words are frequent, as Zipf says. */
function sentence(words: number): string {
  return Array.from(
    { length: words },
    () => vocabulary[Math.floor(vocabulary.length ** random())] ?? 'word',
  ).join(' ');
}

function randomWord(): string {
  const length = 3 + Math.floor(random() * 8);
  return Array.from({ length }, () => 'etaoinshrdlucmfwyp'[Math.floor(random() * 18)]).join('');
}

function randomVector(): Float32Array {
  return Float32Array.from({ length: embedder.dimensions }, () => random() - 0.5);
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
