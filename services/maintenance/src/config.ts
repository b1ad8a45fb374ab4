import { readEnv } from '@slipstream/config';
import { categories } from '@slipstream/contracts';
import { scrapeAllowSetting, slotsSetting, workerSettings } from '@slipstream/worker';
import { type Static, Type } from 'typebox';

export const settings = Type.Object({
  ...workerSettings,
  SLIPSTREAM_BATCH_SLOTS: slotsSetting('batch', categories.batch.slots),
  SLIPSTREAM_MAINTENANCE_SLOTS: slotsSetting('maintenance', categories.maintenance.slots),
  SLIPSTREAM_SCRAPE_ALLOW: scrapeAllowSetting,
  SLIPSTREAM_PUBLIC_URL: Type.String({
    default: 'http://127.0.0.1:8080',
    description: 'Address of the API as the receivers of webhooks see it: links begin with it',
  }),
  SLIPSTREAM_RETENTION_DAYS: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 36_500,
    description:
      'Sources that nobody has read again for this many days are erased by the job `retention`; 0 keeps them for ever',
  }),
  SLIPSTREAM_RECONCILE_AFTER_MS: Type.Integer({
    default: 60_000,
    minimum: 500,
    description: 'How long nothing is heard of an open task before it is looked for, ms',
  }),
  SLIPSTREAM_SNAPSHOT_EVERY_MS: Type.Integer({
    default: 900_000,
    minimum: 1_000,
    description:
      'How old the newest snapshot of the projection may be before the next is stored, ms',
  }),
});

export type Config = Static<typeof settings>;

export const readConfig = (env: NodeJS.ProcessEnv): Config => readEnv(settings, env);
