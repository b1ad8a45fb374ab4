import { join } from 'node:path';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { manualChunks } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RagEngine, startRagEngine } from './rag-engine.ts';

const brand = 'Quillmere';
const stack = new AsyncDisposableStack();
let engine: RagEngine;
beforeAll(async () => {
  engine = stack.use(await startRagEngine());
  const documents = await manualChunks();
  await using store = await openKnowledgeStore({ uri: join(engine.dir, 'knowledge') });
  await store.writeDocuments(
    documents.flatMap((chunks) => {
      const [first] = chunks;
      return first ? [{ brand, docId: first.docId, chunks }] : [];
    }),
  );
  stack.use(await engine.start());
}, 60_000);
afterAll(() => stack.disposeAsync());

const talks: readonly (readonly [asked: readonly string[], question: string, page: string])[] = [
  [['What does E120 mean?'], 'And E110?', 'reference/error-codes'],
  [['How do I reset a Tarn 4?'], 'And the Scree 16?', 'how-to/factory-reset'],
  [['Where is beck.yaml on Linux?'], 'And on Windows?', 'reference/beck-config'],
  [['How long is the warranty of a Scree 16?', 'And the Fell 12?'], 'And the Tarn 8?', 'warranty'],
  [['How many hosts does a Scree 16 remember?'], 'What is its factory lock code?', 'scree-16'],
  [
    ['How long does a firmware update of the Fell 12 take?'],
    'Which file name does it expect for that by card?',
    'how-to/update-firmware',
  ],
  [['How many markers does a take of the Fell 12 hold?'], 'How long may it be?', 'record-to-card'],
];

test.each(talks)('after %j, "%s" is answered from %s', async (asked, question, page) => {
  const history = asked.flatMap((text) => [
    { role: 'user' as const, text },
    { role: 'assistant' as const, text: 'It says so in the manual.' },
  ]);
  const answer = await engine.ask({ question, brand, history });
  expect(answer).toMatchObject({ outcome: 'answered', readAs: expect.any(String) });
  expect(answer.citations[0]?.url).toContain(page);
});

test('without the conversation most of these questions find something else or nothing', async () => {
  const alone = await Promise.all(
    talks.map(async ([, question, page]) => {
      const { outcome, citations } = await engine.ask({ question, brand });
      return outcome === 'answered' && citations[0]?.url.includes(page);
    }),
  );
  expect(alone.filter(Boolean).length).toBeLessThan(talks.length / 2);
});

test('a question that stands alone is searched for as it is', async () => {
  const history = [{ role: 'user' as const, text: 'How do I reset a Tarn 4?' }];
  const question = 'How many hosts does a Scree 16 remember?';
  const answer = await engine.ask({ question, brand, history });
  expect(answer.readAs).toBeUndefined();
  expect(answer.citations[0]?.url).toContain('connect-scree-16');
});
