import type { ResultOf, Tasks } from '@slipstream/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAnswerModel } from './answer-model-server.ts';
import { type Answer, type RagEngine, startRagEngine } from './rag-engine.ts';

const url = 'https://docs.example/reset.html';
const texts = [
  'To restore the factory settings of the Tarn 4, hold the Talk button for 12 seconds.',
  'The Tarn 2 has no Talk button. Send the command beckctl reset --all instead.',
  'A Fell 12 mixer keeps its scenes when the firmware is updated to version 1.9.4.',
  'The phantom power of a Scree 16 stage box is 48 volts on all sixteen inputs.',
];

const stack = new AsyncDisposableStack();
let engine: RagEngine;
beforeAll(async () => {
  engine = stack.use(await startRagEngine());
  await engine.write('Quillmere', 'reset', texts, 'Factory reset');
});
afterAll(() => stack.disposeAsync());

// What a test asks has been asked by another one before.
const start = (more: NodeJS.ProcessEnv = {}) =>
  engine.start({ SLIPSTREAM_ANSWER_CACHE_TTL_MS: '0', ...more });

const ask = (asked: string, brand = 'Quillmere'): Promise<Answer> =>
  engine.ask({ question: asked, brand });

const question = 'How do I restore the factory settings of the Tarn 4?';

test('a question is answered in the words of the source, with its URL and a verbatim quote', async () => {
  await using _service = await start();
  const answer = await ask(question);
  expect(answer).toMatchObject({ outcome: 'answered', mode: 'extractive', cached: false });
  expect(answer.answer).toContain('12 seconds');
  const [citation] = answer.citations;
  expect(citation?.url).toBe(url);
  expect(texts.some((text) => text.includes(citation?.quote ?? '?'))).toBe(true);
});

test('a question about something else is refused with a reason', async () => {
  await using _service = await start();
  const answer = await ask('Which enzyme splits lactose in the small intestine?');
  expect(answer).toMatchObject({ outcome: 'no-answer', answer: null, citations: [] });
  expect(answer.reason).toMatch(/\w/);
});

test('the knowledge of another brand is not used', async () => {
  await using _service = await start();
  expect((await ask(question, "it's another; brand")).outcome).toBe('no-answer');
});

test('a search ranks chunks by words, and says which mode it used', async () => {
  await using _service = await start();
  const payload = { q: 'phantom power volts', mode: 'keyword' as const, limit: 2 };
  const { result } = await engine.completed('search-knowledge', payload);
  const { hits, mode } = result as ResultOf<Tasks['search-knowledge']>;
  expect([mode, hits[0]?.text]).toEqual(['keyword', texts[3]]);
  expect(hits.length).toBeLessThanOrEqual(2);
});

test('an answer of the model keeps the citations that hold and loses the others', async () => {
  await using model = await startAnswerModel(
    () =>
      'Hold the Talk button of the Tarn 4 for 12 seconds to restore the factory settings [1]. The moon is made of cheese [2]. It costs 7 coins [9].',
  );
  await using _service = await start(model.env);
  const answer = await ask(question);
  expect(answer).toMatchObject({ outcome: 'answered', mode: 'model' });
  expect(answer.citations).toHaveLength(1);
  expect(answer.citations[0]?.url).toBe(url);
  expect(answer.answer).not.toContain('[9]');
  expect(answer.usage?.estimated).toBe(true);
});

test('when the model is down the answer is extractive and says so', async () => {
  await using model = await startAnswerModel(() => ({ status: 503 }));
  await using _service = await start(model.env);
  const answer = await ask(question);
  expect(answer).toMatchObject({ outcome: 'answered', mode: 'extractive' });
  expect(answer.degraded).toContain('answer model');
});
