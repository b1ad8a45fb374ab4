import { acceleratorSettings, readEnv } from '@slipstream/config';
import { categories } from '@slipstream/contracts';
import {
  notesCacheSettings,
  scrapeAllowSetting,
  slotsSetting,
  workerSettings,
} from '@slipstream/worker';
import { type Static, Type } from 'typebox';

export const settings = Type.Object({
  ...workerSettings,
  ...acceleratorSettings,
  ...notesCacheSettings,
  SLIPSTREAM_POOLS: Type.String({
    default: 'scraping,ingestion',
    pattern: '^(scraping|ingestion)(,(scraping|ingestion))*$',
    description: 'Which pools this process runs, separated by commas',
  }),
  SLIPSTREAM_SCRAPING_SLOTS: slotsSetting('scraping', categories.scraping.slots),
  SLIPSTREAM_INGESTION_SLOTS: slotsSetting('ingestion', categories.ingestion.slots),
  SLIPSTREAM_SCRAPE_ALLOW: scrapeAllowSetting,
  SLIPSTREAM_SCRAPE_DELAY_MS: Type.Integer({
    default: 250,
    minimum: 0,
    maximum: 60_000,
    description:
      'Least time between two requests to one host that is not in SLIPSTREAM_SCRAPE_ALLOW, unless its robots.txt asks for more, ms',
  }),
});

export type Config = Static<typeof settings>;

export const readConfig = (env: NodeJS.ProcessEnv): Config => readEnv(settings, env);
