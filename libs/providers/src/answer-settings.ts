import { createHash } from 'node:crypto';
import { type Static, Type } from 'typebox';
import type { AnswerModel } from './answer-model.ts';
import { type AnswerProvider, answerModels, createAnswerModel } from './answer-models.ts';
import { modelSettings, text } from './model-settings.ts';
import { need } from './need.ts';

/** The settings of the answer model. Without one answers are made of the sources' own sentences. */
export const answerSettings = {
  SLIPSTREAM_ANSWER_MODEL_PROVIDER: Type.Enum(
    ['extractive', ...(Object.keys(answerModels) as AnswerProvider[])],
    {
      default: 'extractive',
      description: 'Who writes answers; extractive needs no network and no key',
    },
  ),
  SLIPSTREAM_ANSWER_MODEL_URL: text('Base URL of the OpenAI-compatible server, with /v1'),
  SLIPSTREAM_ANSWER_MODEL_API_KEY: text('Its API key, if it wants one'),
  SLIPSTREAM_ANSWER_MODEL: text('Name of the chat model there'),
  SLIPSTREAM_ANSWER_MODEL_VERSION: text(
    'What the name does not say; answers and metrics name the model as model@version',
  ),
  SLIPSTREAM_CANDIDATE_MODEL: text('Chat model that writes a share of the answers, to compare'),
  SLIPSTREAM_CANDIDATE_MODEL_VERSION: text('Its version'),
  SLIPSTREAM_CANDIDATE_MODEL_URL: text('Its server, when it is another one'),
  SLIPSTREAM_CANDIDATE_MODEL_API_KEY: text('The API key of that server'),
  SLIPSTREAM_CANDIDATE_SHARE: Type.Number({
    default: 0,
    minimum: 0,
    maximum: 1,
    description:
      'Share of the questions that the candidate answers; a question always has the same model',
  }),
  ...modelSettings,
};

const AnswerConfig = Type.Object(answerSettings);
type AnswerConfig = Static<typeof AnswerConfig>;

/** Who writes the answer to a question; undefined: nobody, it is extractive. */
export interface AnswerModels {
  /** Ids of all, the candidate last. */
  readonly ids: readonly string[];
  modelFor(question: string): AnswerModel | undefined;
}

/** The models that the settings name. Rejects with a ConfigError when one lacks a setting. */
export async function answerModelsFrom(config: AnswerConfig): Promise<AnswerModels> {
  const provider = config.SLIPSTREAM_ANSWER_MODEL_PROVIDER;
  if (provider === 'extractive') return { ids: [], modelFor: () => undefined };
  const [baseUrl, name] = need(config, 'SLIPSTREAM_ANSWER_MODEL_PROVIDER', [
    'SLIPSTREAM_ANSWER_MODEL_URL',
    'SLIPSTREAM_ANSWER_MODEL',
  ]);
  const common = {
    provider,
    timeoutMs: config.SLIPSTREAM_MODEL_TIMEOUT_MS,
    openMs: config.SLIPSTREAM_MODEL_OPEN_MS,
  };
  const here = { baseUrl, apiKey: config.SLIPSTREAM_ANSWER_MODEL_API_KEY };
  const model = await createAnswerModel({
    ...common,
    ...here,
    model: name,
    version: config.SLIPSTREAM_ANSWER_MODEL_VERSION,
  });
  const share = config.SLIPSTREAM_CANDIDATE_SHARE;
  if (share === 0) return { ids: [model.id], modelFor: () => model };
  const [candidateName] = need(config, 'SLIPSTREAM_CANDIDATE_SHARE', [
    'SLIPSTREAM_CANDIDATE_MODEL',
  ]);
  const there = config.SLIPSTREAM_CANDIDATE_MODEL_URL;
  const candidate = await createAnswerModel({
    ...common,
    ...(there === undefined
      ? here
      : { baseUrl: there, apiKey: config.SLIPSTREAM_CANDIDATE_MODEL_API_KEY }),
    model: candidateName,
    version: config.SLIPSTREAM_CANDIDATE_MODEL_VERSION,
  });
  return {
    ids: [model.id, candidate.id],
    modelFor: (question) => (placeOf(question) < share ? candidate : model),
  };
}

/** Where a question stands between 0 and 1: the same for the same words, in every process. */
function placeOf(question: string): number {
  const words = question.normalize('NFKC').toLowerCase().trim().replaceAll(/\s+/g, ' ');
  return createHash('sha256').update(words).digest().readUInt32BE(0) / 2 ** 32;
}
