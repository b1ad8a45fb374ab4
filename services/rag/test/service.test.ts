import { type ResultOf, subjects, type Tasks } from '@slipstream/contracts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
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

test('which documents are known is told over NATS, by brand and by words of title and URL', async () => {
  const ask = async (question: object) => {
    const reply = await engine.bus.connection.request(subjects.documents, JSON.stringify(question));
    return reply.json();
  };
  const source = 'https://docs.example';
  const document = { brand: 'Quillmere', source, url, title: 'Factory reset', chunks: 4 };
  const answer = { documents: [document], total: 1 };
  // The service has subscribed a moment after it has started.
  await vi.waitFor(
    async () => expect(await ask({ q: 'RESET docs.example', limit: 5 })).toEqual(answer),
    20_000,
  );
  expect(await ask({ brand: 'Other', limit: 5 })).toEqual({ documents: [], total: 0 });
});

test('an evaluation judges the knowledge that is there, and says what it would change', async () => {
  const questions = [
    { question, relevant: { '/reset.html': 1 }, answers: [texts[0] ?? ''] },
    { question: 'Which enzyme splits lactose?', answerable: false },
  ];
  const { result } = await engine.completed('evaluate', { questions, brand: 'Quillmere' });
  expect(result).toMatchObject({
    questions: 2,
    judged: 1,
    retrieval: { keyword: { ndcg10: 1 }, reranked: { hit5: 1, mrr: 1 } },
    answers: { questions: 1, citesRight: 1 },
    refusals: { falseRefusals: 0, unanswerableRefused: 1 },
    recommendations: { fusionWeight: { now: 0.2, change: false } },
    missed: [],
  });
});

test('a search ranks chunks by words, and says which mode it used', async () => {
  const payload = { q: 'phantom power volts', mode: 'keyword' as const, limit: 2 };
  const { result } = await engine.completed('search-knowledge', payload);
  const { hits, mode } = result as ResultOf<Tasks['search-knowledge']>;
  expect([mode, hits[0]?.text]).toEqual(['keyword', texts[3]]);
  expect(hits.length).toBeLessThanOrEqual(2);
});

test('a search is limited by date, and gives what stands around each chunk', async () => {
  const search = async (more: object) => {
    const payload = { q: 'scenes of the mixer', mode: 'keyword', limit: 1, ...more } as const;
    return (await engine.completed('search-knowledge', payload)).result as ResultOf<
      Tasks['search-knowledge']
    >;
  };
  const [hit] = (await search({ expand: 'neighbours' })).hits;
  expect(hit).toMatchObject({ text: texts[2], before: texts[1], after: texts[3] });
  const [whole] = (await search({ expand: 'section' })).hits;
  expect(whole?.section).toBe(texts.join('\n\n'));
  const since = (time: string) => search({ filters: { since: time } });
  expect((await since('2026-11-01T00:00:00Z')).hits).toHaveLength(1);
  expect((await since('2026-11-01T00:00:01Z')).hits).toEqual([]);
});

test('when the model is down the answer is extractive and says so', async () => {
  await using model = await startAnswerModel(() => ({ status: 503 }));
  await extractive[Symbol.asyncDispose]();
  await using _service = await engine.start(model.env);
  const answer = await ask(question);
  expect(answer).toMatchObject({ outcome: 'answered', mode: 'extractive' });
  expect(answer.degraded).toContain('answer model');
});
