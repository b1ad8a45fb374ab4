/**
 * Says how good retrieval, answers and refusals are on questions of your own, and which settings do
 * better on them: docs/guides/evaluate-your-knowledge.md
 *
 *   npm run eval                                                  the sample manual
 *   npm run eval -- --questions questions.jsonl --corpus docs/    a folder or a corpus.jsonl
 *   npm run eval -- --questions cranfield/ --corpus cranfield/    BEIR's layout
 *   npm run eval -- --questions questions.jsonl --url http://127.0.0.1:8080   a running system
 *   npm run eval -- --asked asked.jsonl --corpus docs/            the answer cache
 */
import { parseArgs } from 'node:util';
import { ConfigError, readEnv } from '@slipstream/config';
import type { EvaluationReport } from '@slipstream/contracts';
import {
  type CacheReport,
  cacheText,
  corpusIdf,
  EvaluationSetError,
  evaluateCache,
  evaluateCorpus,
  readCorpus,
  readQuestionSet,
  reportText,
} from '@slipstream/evaluation';
import { embedderFrom, embedderSettings } from '@slipstream/providers';
import { Type } from 'typebox';
import { evaluateRemote } from './evaluate-remote.ts';

const manual = new URL('../../examples/manual/', import.meta.url).pathname;

try {
  const { values } = parseArgs({
    options: {
      questions: { type: 'string' },
      corpus: { type: 'string' },
      asked: { type: 'string' },
      url: { type: 'string' },
      brand: { type: 'string' },
      'far-off': { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { url, brand, asked } = values;
  const own = values.questions ?? values.corpus ?? asked ?? url;
  const corpus = values.corpus ?? `${manual}site`;
  // Who brings questions for the cache alone has the cache alone evaluated.
  const questions =
    values.questions ?? (asked === undefined ? `${manual}questions.jsonl` : undefined);
  const report = questions === undefined ? undefined : await evaluateQuestions(questions);
  const cache = await evaluateAsked();
  process.stderr.write('\r\x1b[K');
  const texts = [report && reportText(report), cache && cacheText(cache)];
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ ...report, cache }, undefined, 2)}\n`
      : texts.filter((text) => text !== undefined).join('\n'),
  );

  async function evaluateQuestions(path: string): Promise<EvaluationReport> {
    const set = await readQuestionSet(path);
    return url === undefined
      ? evaluateHere(set, corpus, values['far-off'])
      : evaluateRemote(url, set, { brand, onProgress: showProgress });
  }

  async function evaluateAsked(): Promise<CacheReport | undefined> {
    if (asked !== undefined && values.corpus === undefined)
      throw new EvaluationSetError(
        '--asked needs --corpus: its words are weighed by how rare they are there',
      );
    const path = asked ?? (own === undefined ? `${manual}asked.jsonl` : undefined);
    if (path === undefined) return undefined;
    return evaluateCache(await readQuestionSet(path), { idf: corpusIdf(await readCorpus(corpus)) });
  }
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}

/** With a store of its own, and the embedder that the settings name. */
async function evaluateHere(
  questions: Awaited<ReturnType<typeof readQuestionSet>>,
  corpusPath: string,
  farOffPath: string | undefined,
): Promise<EvaluationReport> {
  await using embedder = await embedderFrom(readEnv(Type.Object(embedderSettings), process.env));
  return await evaluateCorpus(questions, await readCorpus(corpusPath), {
    embedder,
    ...(farOffPath !== undefined && { farOff: await readQuestionSet(farOffPath) }),
    onProgress: showProgress,
  });
}

function showProgress(done: number, total: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${done} of ${total}`);
}

function explain(error: unknown): string {
  if (error instanceof EvaluationSetError || error instanceof ConfigError) return error.message;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `there is no ${path}: give --questions and --corpus a path that is`;
  if (code?.startsWith('ERR_PARSE_ARGS')) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
