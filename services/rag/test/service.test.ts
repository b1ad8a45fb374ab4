import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Chunk, type ResultOf, subjects, type Tasks } from '@slipstream/contracts';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { type Engine, startEngine } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startService } from '../src/service.ts';

type Answer = ResultOf<Tasks['answer-question']>;

const url = 'https://docs.example/reset.html';
const texts = [
  'To restore the factory settings of the Tarn 4, hold the Talk button for 12 seconds.',
  'The Tarn 2 has no Talk button. Send the command beckctl reset --all instead.',
  'A Fell 12 mixer keeps its scenes when the firmware is updated to version 1.9.4.',
  'The phantom power of a Scree 16 stage box is 48 volts on all sixteen inputs.',
];

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
  await using store = await openKnowledgeStore({ uri: join(engine.dir, 'knowledge') });
  const chunks = texts.map(
    (text, ordinal): Chunk => ({
      id: `chunk${ordinal}`.padEnd(32, '0'),
      brand: 'Quillmere',
      source: 'https://docs.example',
      docId: 'd1',
      url,
      title: 'Factory reset',
      headingPath: [],
      ordinal,
      text,
      fetchedAt: '2026-11-01T00:00:00.000Z',
    }),
  );
  await store.writeDocuments([{ brand: 'Quillmere', docId: 'd1', chunks }]);
});
afterAll(() => engine[Symbol.asyncDispose]());

const start = (more: NodeJS.ProcessEnv = {}) =>
  startService(
    readConfig({
      SLIPSTREAM_NATS_URL: engine.nats.url,
      SLIPSTREAM_DATA_DIR: engine.dir,
      SLIPSTREAM_OPS_PORT: '0',
      SLIPSTREAM_LOG_LEVEL: 'silent',
      ...more,
    }),
  );

const ask = async (question: string, brand = 'Quillmere'): Promise<Answer> =>
  (await engine.completed('answer-question', { question, brand })).result as Answer;

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

test('which documents are known is told over NATS, by brand and by words of title and URL', async () => {
  await using _service = await start();
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
  await using _service = await start();
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
  await using _service = await start();
  const payload = { q: 'phantom power volts', mode: 'keyword' as const, limit: 2 };
  const { result } = await engine.completed('search-knowledge', payload);
  const { hits, mode } = result as ResultOf<Tasks['search-knowledge']>;
  expect([mode, hits[0]?.text]).toEqual(['keyword', texts[3]]);
  expect(hits.length).toBeLessThanOrEqual(2);
});

test('a search is limited by date, and gives what stands around each chunk', async () => {
  await using _service = await start();
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

/** Speaks the part of the chat completions API that a streamed answer uses. */
async function startModel(reply: string | { status: number }) {
  const seen: { messages: { content: string }[] }[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      seen.push(JSON.parse(Buffer.concat(parts).toString()));
      if (typeof reply !== 'string') {
        response.writeHead(reply.status).end('{}');
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const send = (delta: object, more: object = {}) =>
        response.write(
          `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`,
        );
      for (const word of reply.split(/(?<= )/)) send({ content: word });
      send({}, { finish_reason: 'stop' });
      response.end('data: [DONE]\n\n');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const env = {
    SLIPSTREAM_ANSWER_MODEL_PROVIDER: 'openai-compatible',
    SLIPSTREAM_ANSWER_MODEL_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    SLIPSTREAM_ANSWER_MODEL: 'm',
  };
  return {
    env,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('an answer of the model keeps the citations that hold and loses the others', async () => {
  await using model = await startModel(
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
  await using model = await startModel({ status: 503 });
  await using _service = await start(model.env);
  const answer = await ask(question);
  expect(answer).toMatchObject({ outcome: 'answered', mode: 'extractive' });
  expect(answer.degraded).toContain('answer model');
});
