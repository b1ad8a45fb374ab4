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
let extractive: Awaited<ReturnType<RagEngine['start']>>;
beforeAll(async () => {
  engine = stack.use(await startRagEngine());
  await engine.write('Quillmere', 'reset', texts, 'Factory reset');
  extractive = stack.use(await engine.start());
});
afterAll(() => stack.disposeAsync());

const ask = (asked: string, brand = 'Quillmere'): Promise<Answer> =>
  engine.ask({ question: asked, brand });

const question = 'How do I restore the factory settings of the Tarn 4?';

test('a question is answered in the words of the source, with its URL and a verbatim quote', async () => {
  const answer = await ask(question);
  expect(answer).toMatchObject({ outcome: 'answered', mode: 'extractive', cached: false });
  expect(answer.answer).toContain('12 seconds');
  const [citation] = answer.citations;
  expect(citation?.url).toBe(url);
  expect(texts.some((text) => text.includes(citation?.quote ?? '?'))).toBe(true);
});

test('a question about something else is refused with a reason', async () => {
  const answer = await ask('Which enzyme splits lactose in the small intestine?');
  expect(answer).toMatchObject({ outcome: 'no-answer', answer: null, citations: [] });
  expect(answer.reason).toMatch(/\w/);
});

test('the knowledge of another brand is not used', async () => {
  expect((await ask(question, "it's another; brand")).outcome).toBe('no-answer');
});

test('a search ranks chunks by words, and says which mode it used', async () => {
  const payload = { q: 'phantom power volts', mode: 'keyword' as const, limit: 2 };
  const { result } = await engine.completed('search-knowledge', payload);
  const { hits, mode } = result as ResultOf<Tasks['search-knowledge']>;
  expect([mode, hits[0]?.text]).toEqual(['keyword', texts[3]]);
  expect(hits.length).toBeLessThanOrEqual(2);
});

test('when the model is down the answer is extractive and says so', async () => {
  await using model = await startAnswerModel(() => ({ status: 503 }));
  await extractive[Symbol.asyncDispose]();
  await using _service = await engine.start(model.env);
  const answer = await ask(question);
  expect(answer).toMatchObject({ outcome: 'answered', mode: 'extractive' });
  expect(answer.degraded).toContain('answer model');
});
