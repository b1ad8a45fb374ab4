import { readEnv } from '@slipstream/config';
import { categories } from '@slipstream/contracts';
import { answerSettings, embedderSettings } from '@slipstream/providers';
import { notesCacheSettings, slotsSetting, workerSettings } from '@slipstream/worker';
import { type Static, Type } from 'typebox';

export const settings = Type.Object({
  ...workerSettings,
  ...embedderSettings,
  ...answerSettings,
  ...notesCacheSettings,
  SLIPSTREAM_NOTES_MODEL_CHARS: Type.Integer({
    default: 60_000,
    minimum: 1_000,
    maximum: 10_000_000,
    description:
      'How much of a document the answer model reads to write its notes, in characters; a longer one is shortened to what carries most of it',
  }),
  SLIPSTREAM_RAG_SLOTS: slotsSetting('rag', categories.rag.slots),
});

export type Config = Static<typeof settings>;

export const readConfig = (env: NodeJS.ProcessEnv): Config => readEnv(settings, env);
