import { Type } from 'typebox';

/** Settings that every worker service has; each adds its own. */
export const workerSettings = {
  SLIPSTREAM_NATS_URL: Type.String({
    default: 'nats://127.0.0.1:4222',
    description: 'Address of nats-server',
  }),
  SLIPSTREAM_DATA_DIR: Type.String({
    default: 'data',
    description: 'Folder of the knowledge store and of projections',
  }),
  SLIPSTREAM_OPS_HOST: Type.String({
    default: '127.0.0.1',
    description: 'Address on which health and metrics are served',
  }),
  SLIPSTREAM_OPS_PORT: Type.Integer({
    default: 9464,
    minimum: 0,
    maximum: 65_535,
    description: 'Port on which health and metrics are served; 0 takes a free one',
  }),
  SLIPSTREAM_LOG_LEVEL: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    default: 'info',
    description: 'Least severe log line that is written',
  }),
  SLIPSTREAM_DRAIN_MS: Type.Integer({
    default: 20_000,
    minimum: 0,
    description: 'How long a shutdown waits for tasks in hand before giving them back, ms',
  }),
};

/** The setting of a pool's size, such as `SLIPSTREAM_SCRAPING_SLOTS`. */
export const slotsSetting = (category: string, slots: number) =>
  Type.Integer({
    default: slots,
    minimum: 1,
    maximum: 1_000,
    description: `Tasks of ${category} in hand at once in one process`,
  });

/** For services that make requests to addresses which users name. */
export const scrapeAllowSetting = Type.String({
  default: '',
  description:
    'Hosts, addresses or CIDRs, separated by commas, that pages are fetched from and webhooks sent to although they are not public',
});
