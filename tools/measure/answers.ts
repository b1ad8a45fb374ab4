/**
 * Prints what questions cost over 20,000 chunks: retrieval alone, answers over REST from the cache
 * and without it, and how often the cache of a log of questions is right:
 *
 *   node tools/measure/answers.ts [--chunks 20000] [--asks 300] [--log 2000] [--seed 1]
 *
 * The chunks are the sample manual under as many brands as it takes. Their vectors are those of the
 * manual: what is measured is time, and quality only within the one brand that is asked.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Chunk } from '@slipstream/contracts';
import { type KnowledgeStore, openKnowledgeStore } from '@slipstream/knowledge';
import { MANUAL_BRAND, type Question, readQuestions } from '@slipstream/manual';
import { createEmbedder, type Embedder } from '@slipstream/providers';
import { countTerms, idfFrom, QuestionIndex, SAME_QUESTION } from '@slipstream/retrieval';
import { manualChunks } from '@slipstream/testkit';
import { type Slipstream, startSlipstream } from '../e2e/slipstream.ts';
import { createDice, questionLog } from './question-log.ts';

const { values } = parseArgs({
  options: {
    chunks: { type: 'string', default: '20000' },
    asks: { type: 'string', default: '300' },
    log: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
  },
});
const asks = Number(values.asks);
const questions = await readQuestions();

await using system = await startSlipstream();
await using store = await openKnowledgeStore({ uri: join(system.dataDir, 'knowledge') });
await using embedder = await createEmbedder({ provider: 'use-lite', threads: 1 });
await fill(store, embedder, Number(values.chunks));
await measureRetrieval(system);
await measureAnswers(system);
await measureLog();

async function fill(into: KnowledgeStore, by: Embedder, wanted: number): Promise<void> {
  const documents = await manualChunks();
  const flat = documents.flat();
  const passages = flat.map(({ title, headingPath, text }) =>
    [[title, ...headingPath].join(' > '), text].join('\n'),
  );
  const { vectors } = await by.embed(passages, 'passage');
  const { id, dimensions } = by.info;
  for (let copy = 0; copy * flat.length < wanted; copy++) {
    const brand = copy === 0 ? MANUAL_BRAND : `Brand ${copy}`;
    const mine = (chunk: Chunk): Chunk => ({ ...chunk, brand });
    await into.writeDocuments(
      documents.flatMap((chunks) => {
        const [first] = chunks;
        return first ? [{ brand, docId: first.docId, chunks: chunks.map(mine) }] : [];
      }),
    );
    await into.addVectors(
      { id, dimensions },
      flat.flatMap((chunk, place) => {
        const vector = vectors[place];
        return vector ? [{ brand, id: chunk.id, vector }] : [];
      }),
    );
  }
  await into.maintain();
  const { chunks, vectors: kept } = await into.stats();
  print(`${chunks} chunks, ${kept[id]} vectors of ${id}`);
}

/** As rag measures it: the question's vector, both searches (at once), fusion and rerank. */
async function measureRetrieval({ get }: Slipstream): Promise<void> {
  for (const [name, brand] of [
    ['one brand', `&brand=${MANUAL_BRAND}`],
    ['all brands', ''],
  ] as const) {
    const inside: number[] = [];
    const outside = await timed(asks, async ({ question }) => {
      const path = `/v1/search?q=${encodeURIComponent(question)}${brand}`;
      const { timings } = await get<{ timings: Record<string, number> }>(path);
      const { embedMs = 0, vectorMs = 0, keywordMs = 0, rerankMs = 0 } = timings;
      inside.push(Math.max(embedMs + vectorMs, keywordMs) + rerankMs);
    });
    print(
      `retrieval, ${name}: ${percentiles(inside.slice(-asks))}; as a search over REST: ${outside}`,
    );
  }
}

async function measureAnswers({ post }: Slipstream): Promise<void> {
  const ask = async (question: string, noCache: boolean) => {
    const body = { question, brand: MANUAL_BRAND, noCache };
    const answer = await post<{ cached: boolean }>('/v1/queries', body);
    if (answer.status !== 200) throw new Error(`status ${answer.status}: is a bar too low?`);
    return answer.body.cached;
  };
  print(
    `answer over REST, not cached: ${await timed(asks, ({ question }) => ask(question, true))}`,
  );
  const hits: boolean[] = [];
  const cached = await timed(asks, async ({ question }) => {
    hits.push(await ask(question, false));
  });
  const count = hits.slice(-asks).filter(Boolean).length;
  print(`answer over REST, cached (${count} of ${asks} hits): ${cached}`);
}

/** What the cache gives is right if it is the answer of the same question of the manual. */
async function measureLog(): Promise<void> {
  const seed = Number(values.seed);
  const random = createDice(seed);
  const log = questionLog(questions, { length: Number(values.log), random });
  const idf = idfFrom(countTerms(await store.sampleTexts(3_000)));
  const index = new QuestionIndex(() => 0);
  const ids = new Map<string, string>();
  const counts = { exact: 0, near: 0, nearRight: 0 };
  for (const { id, text } of log) {
    if (ids.has(text)) {
      counts.exact += 1;
      continue;
    }
    const found = index.find('log', text, SAME_QUESTION, idf);
    if (found === undefined) {
      ids.set(text, id);
      index.add('log', text, text, 1);
    } else {
      counts.near += 1;
      if (ids.get(found) === id) counts.nearRight += 1;
    }
  }
  const share = (part: number, of: number) => `${((100 * part) / Math.max(of, 1)).toFixed(1)} %`;
  const { exact, near, nearRight } = counts;
  print(`log of ${log.length} questions, seed ${seed}:`);
  print(`  hits ${share(exact + near, log.length)}, of them near ${share(near, exact + near)}`);
  print(
    `  right ${share(nearRight, near)} of the near, ${share(exact + nearRight, exact + near)} of all`,
  );
}

async function timed(count: number, run: (question: Question) => Promise<unknown>) {
  const times: number[] = [];
  // The first round warms what a running system has warm.
  for (let nth = -questions.length; nth < count; nth++) {
    const question = questions[(nth + questions.length) % questions.length] as Question;
    const from = performance.now();
    await run(question);
    if (nth >= 0) times.push(performance.now() - from);
  }
  return percentiles(times);
}

function percentiles(unsorted: readonly number[]): string {
  const times = unsorted.toSorted((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * (times.length - 1))]?.toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
