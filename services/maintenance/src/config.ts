import { readEnv } from '@slipstream/config';
import { categories } from '@slipstream/contracts';
import { slotsSetting, workerSettings } from '@slipstream/worker';
import { type Static, Type } from 'typebox';

export const settings = Type.Object({
  ...workerSettings,
  SLIPSTREAM_BATCH_SLOTS: slotsSetting('batch', categories.batch.slots),
  SLIPSTREAM_MAINTENANCE_SLOTS: slotsSetting('maintenance', categories.maintenance.slots),
  SLIPSTREAM_RECONCILE_AFTER_MS: Type.Integer({
    default: 60_000,
    minimum: 500,
    description: 'How long nothing is heard of an open task before it is looked for, ms',
  }),
});

export type Config = Static<typeof settings>;

export const readConfig = (env: NodeJS.ProcessEnv): Config => readEnv(settings, env);
