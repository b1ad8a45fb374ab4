import { fileURLToPath } from 'node:url';
import { createEmbedder } from '@slipstream/providers';
import { expect, test } from 'vitest';
import { evaluateCorpus, readCorpus, readQuestionSet } from '../src/index.ts';

const larkrun = fileURLToPath(new URL('../fixtures/larkrun/', import.meta.url));

/** A small manual of another subject: what was chosen on the sample manual has to hold here too. */
test('on a small manual about bicycles facts are answered, and other subjects refused', {
  timeout: 300_000,
}, async () => {
  await using embedder = await createEmbedder({ provider: 'use-lite', threads: 1 });
  const corpus = await readCorpus(`${larkrun}pages`);
  const questions = await readQuestionSet(`${larkrun}questions.jsonl`);
  const farOff = await readQuestionSet(`${larkrun}far-off.jsonl`);

  const all = await evaluateCorpus(questions, corpus, { embedder, farOff });
  const { keyword, reranked } = all.retrieval;
  expect(reranked.ndcg10).toBeGreaterThanOrEqual(keyword.ndcg10 + 0.05);
  expect(reranked.hit5).toBeGreaterThanOrEqual(0.86);
  expect(all.refusals.farOffRefused).toBeGreaterThanOrEqual(0.94);

  // Its paraphrases hardly share a word with it.
  const facts = questions.filter(({ id }) => id.startsWith('f'));
  const { answers, refusals } = await evaluateCorpus(facts, corpus, { embedder, farOff });
  expect(answers.questions).toBe(28);
  expect(answers.tokenF1).toBeGreaterThanOrEqual(0.6);
  expect(refusals.falseRefusals).toBeLessThanOrEqual(0.08);
});
