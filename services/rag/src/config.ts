import { readEnv } from '@slipstream/config';
import { categories } from '@slipstream/contracts';
import { answerSettings, embedderSettings } from '@slipstream/providers';
import { slotsSetting, workerSettings } from '@slipstream/worker';
import { type Static, Type } from 'typebox';
import { cacheSettings } from './cache/cache-settings.ts';

export const settings = Type.Object({
  ...workerSettings,
  ...embedderSettings,
  ...answerSettings,
  ...cacheSettings,
  SLIPSTREAM_RAG_SLOTS: slotsSetting('rag', categories.rag.slots),
});

export type Config = Static<typeof settings>;

export const readConfig = (env: NodeJS.ProcessEnv): Config => readEnv(settings, env);
