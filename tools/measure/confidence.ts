/**
 * Fits the weights of the confidence anew, on sets of questions, and says what weights are worth on a
 * set that they were not made from (docs/decisions/0027-what-a-question-is-about.md):
 *
 *   node tools/measure/confidence.ts manual=questions,corpus,far-off[,far-off] other=questions,corpus,far-off
 *
 * `questions`, `corpus` and `far-off` are paths as `npm run eval` takes them; `built-in` stands for the
 * far-off questions of the evaluation. A far-off file counts as much as another one, a set as well.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EvaluationQuestion,
  farOffQuestions,
  findHits,
  indexCorpus,
  rankedBy,
  readCorpus,
  readQuestionSet,
} from '@slipstream/evaluation';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { createEmbedder } from '@slipstream/providers';
import {
  confidenceWeights,
  countTerms,
  extractAnswer,
  idfFrom,
  similarityOf,
  subjectEvidence,
  terms,
} from '@slipstream/retrieval';
import { type Example, fitLogistic, logit } from './logistic.ts';

/** The features of each question: of those that can be answered, and of each far-off file. */
interface MeasuredSet {
  readonly name: string;
  readonly answerable: readonly number[][];
  readonly farOff: readonly { readonly name: string; readonly features: readonly number[][] }[];
}

const { words, similarity, subject, constant } = confidenceWeights;
await using embedder = await createEmbedder({ provider: 'use-lite', threads: 1 });
const sets: MeasuredSet[] = [];
for (const given of process.argv.slice(2)) sets.push(await measure(given));

print('weights: words, similarity, subject, constant');
print(`as they are: ${[words, similarity, subject, constant].join(', ')}`);
for (const set of sets) print(`  ${refusedOf(set, [words, similarity, subject, constant])}`);
if (sets.length > 1) {
  for (const set of sets) {
    const weights = fitLogistic(sets.filter((one) => one !== set).flatMap(examplesOf));
    print(`without ${set.name}: ${shown(weights)}`);
    print(`  ${refusedOf(set, weights)}`);
  }
  print(`from all: ${shown(fitLogistic(sets.flatMap(examplesOf)))}`);
}

async function measure(given: string): Promise<MeasuredSet> {
  const [name = '', paths = ''] = given.split('=');
  const [questions = '', corpus = '', ...farOff] = paths.split(',');
  await using stack = new AsyncDisposableStack();
  const uri = await mkdtemp(join(tmpdir(), 'slipstream-confidence-'));
  stack.defer(() => rm(uri, { recursive: true }));
  const store = stack.use(await openKnowledgeStore({ uri }));
  await indexCorpus(await readCorpus(corpus), { store, embedder });
  const [language] = await store.languages();
  const idf = idfFrom(countTerms(await store.sampleTexts(3_000), language));
  const featuresOf = async (question: EvaluationQuestion): Promise<number[]> => {
    const found = await findHits(question, { store, embedder, idf });
    const hits = rankedBy(found, embedder.info.fusionWeight);
    const near = similarityOf(hits) ?? 0;
    const about = subjectEvidence(new Set(terms(question.question, idf.language)), idf);
    const { confidence } = extractAnswer(question.question, hits, { idf });
    // What the other two do not explain of the confidence is said by the words.
    const sum = Math.log(confidence / (1 - confidence));
    const rest = sum - constant - similarity * near - subject * about;
    return [confidence === 0 ? 0 : rest / words, near, about];
  };
  const all = async (list: readonly EvaluationQuestion[]): Promise<number[][]> => {
    const features: number[][] = [];
    for (const question of list) features.push(await featuresOf(question));
    return features;
  };
  const own = (await readQuestionSet(questions)).filter(({ answerable }) => answerable);
  const far: MeasuredSet['farOff'][number][] = [];
  for (const path of farOff) {
    const list = path === 'built-in' ? farOffQuestions : await readQuestionSet(path);
    far.push({ name: path, features: await all(list) });
  }
  return { name, answerable: await all(own), farOff: far };
}

function examplesOf({ answerable, farOff }: MeasuredSet): Example[] {
  const all = (list: readonly number[][], is: boolean, share: number): Example[] =>
    list.map((features) => ({ features, is, weight: share / list.length }));
  return [
    ...all(answerable, true, 1),
    ...farOff.flatMap(({ features }) => all(features, false, 1 / farOff.length)),
  ];
}

/** How much of what is far off lies below what one answerable question in twenty lies below. */
function refusedOf({ name, answerable, farOff }: MeasuredSet, weights: readonly number[]): string {
  const own = answerable.map((one) => logit(weights, one)).sort((one, other) => one - other);
  const least = own[Math.floor(own.length * 0.05)] ?? 0;
  const parts = farOff.map(({ name: file, features }) => {
    const refused = features.filter((one) => logit(weights, one) < least).length;
    return `${((100 * refused) / features.length).toFixed(1)} % of ${file}`;
  });
  return `${name}: at 5 % false refusals ${parts.join(', ')}`;
}

function shown(weights: readonly number[]): string {
  return weights.map((weight) => weight.toPrecision(3)).join(', ');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
