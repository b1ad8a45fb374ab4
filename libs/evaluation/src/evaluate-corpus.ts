import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EvaluationReport } from '@slipstream/contracts';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { type EvaluateOptions, evaluate } from './evaluate.ts';
import { indexCorpus } from './index-corpus.ts';
import type { EvaluationQuestion } from './question.ts';
import type { CorpusDocument } from './read-set.ts';

/** Evaluates over a corpus in a store of its own, which is gone afterwards. */
export async function evaluateCorpus(
  questions: readonly EvaluationQuestion[],
  corpus: readonly CorpusDocument[],
  options: Omit<EvaluateOptions, 'store' | 'filter'>,
): Promise<EvaluationReport> {
  await using stack = new AsyncDisposableStack();
  const uri = await mkdtemp(join(tmpdir(), 'slipstream-eval-'));
  stack.defer(() => rm(uri, { recursive: true }));
  const store = stack.use(await openKnowledgeStore({ uri }));
  await indexCorpus(corpus, { ...options, store });
  // The corpus is one brand, whatever brands the questions name.
  const asked = questions.map(({ brand: _brand, ...question }) => question);
  return await evaluate(asked, { ...options, store });
}
