import { readEnv } from '@slipstream/config';
import { categories } from '@slipstream/contracts';
import { answerSettings, embedderSettings, rerankerSettings } from '@slipstream/providers';
import { ANSWER_CONFIDENCE } from '@slipstream/retrieval';
import { notesCacheSettings, slotsSetting, workerSettings } from '@slipstream/worker';
import { type Static, Type } from 'typebox';
import { cacheSettings } from './cache/cache-settings.ts';

export const settings = Type.Object({
  ...workerSettings,
  ...embedderSettings,
  ...answerSettings,
  SLIPSTREAM_ANSWER_CONFIDENCE: Type.Number({
    default: ANSWER_CONFIDENCE,
    minimum: 0,
    maximum: 1,
    description:
      'Confidence from which a question is answered; `npm run eval` recommends one for your questions',
  }),
  ...notesCacheSettings,
  SLIPSTREAM_NOTES_MODEL_CHARS: Type.Integer({
    default: 60_000,
    minimum: 1_000,
    maximum: 10_000_000,
    description:
      'How much of a document the answer model reads to write its notes, in characters; a longer one is shortened to what carries most of it',
  }),
  ...rerankerSettings,
  SLIPSTREAM_RERANKER_DEPTH: Type.Integer({
    default: 50,
    minimum: 1,
    maximum: 50,
    description: 'How many hits the reranker of the settings reads',
  }),
  SLIPSTREAM_FUSION: Type.Enum(['weighted', 'rrf'], {
    default: 'weighted',
    description:
      'How hits by words and by meaning become one list: by their scores and a weight, or by their ranks',
  }),
  SLIPSTREAM_FUSION_WEIGHT: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description:
        'Weight of meaning beside words; it counts more for a question whose words are hardly found, and not at all with 0. Default: that of the embedder, 0.2 for use-lite and 0.5 for others',
    }),
  ),
  ...cacheSettings,
  SLIPSTREAM_RAG_SLOTS: slotsSetting('rag', categories.rag.slots),
});

export type Config = Static<typeof settings>;

export const readConfig = (env: NodeJS.ProcessEnv): Config => readEnv(settings, env);
