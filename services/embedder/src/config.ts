import { readEnv } from '@slipstream/config';
import { categories } from '@slipstream/contracts';
import { embedderSettings } from '@slipstream/providers';
import { slotsSetting, workerSettings } from '@slipstream/worker';
import { type Static, Type } from 'typebox';

export const settings = Type.Object({
  ...workerSettings,
  ...embedderSettings,
  SLIPSTREAM_EMBEDDING_SLOTS: slotsSetting('embedding', categories.embedding.slots),
});

export type Config = Static<typeof settings>;

export const readConfig = (env: NodeJS.ProcessEnv): Config => readEnv(settings, env);
