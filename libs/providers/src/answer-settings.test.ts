import { ConfigError, readEnv } from '@slipstream/config';
import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { answerModelsFrom, answerSettings } from './answer-settings.ts';

const modelsOf = (env: NodeJS.ProcessEnv) =>
  answerModelsFrom(
    readEnv(Type.Object(answerSettings), {
      SLIPSTREAM_ANSWER_MODEL_PROVIDER: 'openai-compatible',
      SLIPSTREAM_ANSWER_MODEL_URL: 'http://127.0.0.1:9/v1',
      SLIPSTREAM_ANSWER_MODEL: 'writer',
      SLIPSTREAM_ANSWER_MODEL_VERSION: '7',
      ...env,
    }),
  );
const candidate = (share: string) =>
  modelsOf({ SLIPSTREAM_CANDIDATE_MODEL: 'new', SLIPSTREAM_CANDIDATE_SHARE: share });

const questions = Array.from({ length: 2_000 }, (_, nth) => `How do I reset unit ${nth}?`);

test('a model is named with its version', async () => {
  expect((await modelsOf({})).ids).toEqual(['writer@7']);
  expect((await candidate('0.2')).ids).toEqual(['writer@7', 'new']);
});

test('a candidate gets its share of the questions', async () => {
  const { modelFor } = await candidate('0.2');
  const share = questions.filter((question) => modelFor(question)?.id === 'new').length / 2_000;
  expect(share).toBeGreaterThan(0.16);
  expect(share).toBeLessThan(0.24);
});

test('the same question has the same model in every process, however it is typed', async () => {
  const [one, other] = [await candidate('0.5'), await candidate('0.5')];
  for (const question of questions) {
    const typed = `  ${question.toUpperCase().replace(' ', '   ')}`;
    expect(other.modelFor(typed)?.id).toBe(one.modelFor(question)?.id);
  }
});

test('a larger share keeps the questions of a smaller one', async () => {
  const [less, more] = [await candidate('0.1'), await candidate('0.4')];
  const had = questions.filter((question) => less.modelFor(question)?.id === 'new');
  expect(had.every((question) => more.modelFor(question)?.id === 'new')).toBe(true);
});

test('a share without a candidate, and a model without an address, are told by their settings', async () => {
  await expect(modelsOf({ SLIPSTREAM_CANDIDATE_SHARE: '0.5' })).rejects.toThrow(
    new ConfigError('SLIPSTREAM_CANDIDATE_SHARE is 0.5, it needs SLIPSTREAM_CANDIDATE_MODEL'),
  );
  await expect(modelsOf({ SLIPSTREAM_ANSWER_MODEL_URL: undefined })).rejects.toThrow(
    'SLIPSTREAM_ANSWER_MODEL_PROVIDER is openai-compatible, it needs SLIPSTREAM_ANSWER_MODEL_URL',
  );
});
