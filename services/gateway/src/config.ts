import { BlockList, isIP } from 'node:net';
import { ConfigError, readEnv } from '@slipstream/config';
import { AllowListError, parseAllowList } from '@slipstream/documents/net-guard';
import { scrapeAllowSetting, workerSettings } from '@slipstream/worker';
import { type Static, Type } from 'typebox';
import { modelPrices, modelPricesSetting } from './answers/model-prices.ts';

export const settings = Type.Object({
  SLIPSTREAM_NATS_URL: workerSettings.SLIPSTREAM_NATS_URL,
  SLIPSTREAM_HOST: Type.String({
    default: '127.0.0.1',
    description: 'Address that the API listens on',
  }),
  SLIPSTREAM_PORT: Type.Integer({
    default: 8080,
    minimum: 0,
    maximum: 65_535,
    description: 'Port that the API listens on; 0 takes a free one',
  }),
  SLIPSTREAM_ALLOW_OPEN: Type.Boolean({
    default: false,
    description:
      'Listen on an address that other machines reach although no API key is configured; needed in containers',
  }),
  SLIPSTREAM_OPS_HOST: workerSettings.SLIPSTREAM_OPS_HOST,
  SLIPSTREAM_OPS_PORT: workerSettings.SLIPSTREAM_OPS_PORT,
  SLIPSTREAM_DATA_DIR: Type.String({
    default: 'data',
    description: 'Folder of the projection and of uploads on their way; one gateway each',
  }),
  SLIPSTREAM_LOG_LEVEL: workerSettings.SLIPSTREAM_LOG_LEVEL,
  SLIPSTREAM_SCRAPE_ALLOW: scrapeAllowSetting,
  SLIPSTREAM_MODEL_PRICES: modelPricesSetting,
  SLIPSTREAM_MANUAL_URL: Type.Optional(
    Type.String({ description: 'Sample site that the first page offers to crawl' }),
  ),
});

export type Config = Static<typeof settings>;

/** Throws a `ConfigError` for settings that do not go together. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const config = readEnv(settings, env);
  const { SLIPSTREAM_HOST: host, SLIPSTREAM_ALLOW_OPEN: open } = config;
  if (!isLoopback(host) && !open) {
    throw new ConfigError(
      `SLIPSTREAM_HOST=${host} would let other machines in, and no API key is configured: keep 127.0.0.1, or set SLIPSTREAM_ALLOW_OPEN=true behind something that guards it`,
    );
  }
  allowList(config);
  modelPrices(config.SLIPSTREAM_MODEL_PRICES);
  return config;
}

/** The addresses of SLIPSTREAM_SCRAPE_ALLOW. */
export function allowList({ SLIPSTREAM_SCRAPE_ALLOW }: Pick<Config, 'SLIPSTREAM_SCRAPE_ALLOW'>) {
  try {
    return parseAllowList(SLIPSTREAM_SCRAPE_ALLOW.split(','));
  } catch (error) {
    if (!(error instanceof AllowListError)) throw error;
    throw new ConfigError(`SLIPSTREAM_SCRAPE_ALLOW: ${error.message}`, { cause: error });
  }
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether only this machine reaches a listener on `host`. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const family = isIP(host);
  return family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
