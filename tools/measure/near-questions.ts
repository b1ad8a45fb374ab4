/**
 * Prints how many pairs of questions ask the same, and how many something else, from each similarity
 * on: by words, as the answer cache compares them, and by the cosine of the embedder of the settings.
 *
 *   node tools/measure/near-questions.ts [--asked examples/manual/asked.jsonl]
 *
 * Only pairs that share a term and pass the guards of the cache (numbers, names, negation) count.
 */
import { parseArgs } from 'node:util';
import { readEnv } from '@slipstream/config';
import { corpusIdf, readCorpus, readQuestionSet } from '@slipstream/evaluation';
import { embedderFrom, embedderSettings } from '@slipstream/providers';
import { questionShape, questionSimilarity } from '@slipstream/retrieval';
import { Type } from 'typebox';

const manual = new URL('../../examples/manual/', import.meta.url).pathname;
const { values } = parseArgs({
  options: { asked: { type: 'string', default: `${manual}asked.jsonl` } },
});

const asked = await readQuestionSet(values.asked);
const idf = corpusIdf(await readCorpus(`${manual}site`));
await using embedder = await embedderFrom(readEnv(Type.Object(embedderSettings), process.env));
const { vectors } = await embedder.embed(
  asked.map(({ question }) => question),
  'query',
);
const questions = asked.map(({ question, same, id }, nth) => ({
  same: same ?? id,
  shape: questionShape(question),
  vector: vectors[nth] ?? new Float32Array(),
}));

const pairs = questions.flatMap((one, nth) =>
  questions.slice(0, nth).flatMap((other) => {
    const words = questionSimilarity(one.shape, other.shape, idf);
    const cosine = one.vector.reduce((sum, x, at) => sum + x * (other.vector[at] ?? 0), 0);
    return words === 0 ? [] : [{ words, cosine, right: one.same === other.same }];
  }),
);

process.stdout.write(`${asked.length} questions, ${pairs.length} pairs, ${embedder.info.id}\n`);
for (const by of ['words', 'cosine'] as const) {
  for (const least of [0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1]) {
    const near = pairs.filter((pair) => pair[by] >= least);
    const right = near.filter((pair) => pair.right).length;
    const wrong = near.length - right;
    process.stdout.write(
      `${by.padEnd(7)} >= ${least.toFixed(2)}: ${right} right, ${wrong} wrong\n`,
    );
  }
}
