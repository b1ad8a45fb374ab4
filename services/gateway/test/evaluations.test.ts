import { expect, test } from 'vitest';
import { startGateway } from './gateway.ts';
import { rag } from './handlers.ts';

test('an evaluation is a task of the pool rag, and its report is listed', async () => {
  await using gateway = await startGateway();
  const figures = { ndcg10: 1, hit5: 1, mrr: 1 };
  const keep = { now: 0.2, best: 0.2, gain: 0, low: 0, high: 0, change: false };
  gateway.work(
    'rag',
    rag({
      evaluate: async ({ questions }) => ({
        questions: questions.length,
        judged: 1,
        retrieval: { keyword: figures, vector: figures, fused: figures, reranked: figures },
        answers: { questions: 0, tokenF1: 0, tokenF1Answered: 0, citesRight: 0 },
        refusals: {
          falseRefusals: 0,
          farOffRefused: 1,
          atFivePercent: { answerFrom: 0.3, farOffRefused: 1 },
        },
        recommendations: { fusionWeight: keep, answerFrom: keep },
        missed: [],
        refused: [],
      }),
    }),
  );
  const questions = [{ question: 'What is A?', relevant: { '/a': 1 } }];
  const { status, headers, body } = await gateway.post('/v1/evaluations', { questions });
  expect(status).toBe(202);
  expect(body).toMatchObject({ kind: 'evaluate', category: 'rag', priority: 'low' });
  const done = await gateway.get(`${headers.get('location')}?waitMs=20000`);
  expect(done.body).toMatchObject({ state: 'succeeded', result: { questions: 1 } });
  const { body: listed } = await gateway.get('/v1/evaluations');
  expect(listed).toMatchObject({ items: [{ id: body['id'], result: { judged: 1 } }] });

  const wrong = await gateway.post('/v1/evaluations', { questions: [{ question: ' ' }] });
  expect(wrong.status).toBe(400);
  expect(wrong.body['errors']).toMatchObject([{ path: '/questions/0/question' }]);
});
