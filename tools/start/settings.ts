import { resolve } from 'node:path';

/** What `npm start` reads from its environment. */
export interface Settings {
  /** Address that the gateway listens on; everything else stays on 127.0.0.1. */
  readonly host: string;
  readonly port: number;
  readonly natsPort: number;
  readonly natsMonitorPort: number;
  readonly manualPort: number;
  /** Of the first service's health and metrics; the other services take the next ones. */
  readonly opsPort: number;
  /** Absolute. */
  readonly dataDir: string;
  /** In the words of nats-server: `20GB`. */
  readonly natsMaxStore: string;
  readonly natsServer: string;
  readonly scrapeAllow: readonly string[];
  readonly logLevel: string;
  readonly logFormat: 'pretty' | 'json';
}

export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Throws a SettingsError that names the variable when a value cannot be used. */
export function readSettings(env: NodeJS.ProcessEnv, root: string): Settings {
  const read = (name: string, fallback: string): string => env[name]?.trim() || fallback;
  const readPort = (name: string, fallback: number): number => {
    const port = Number(read(name, String(fallback)));
    if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
    throw new SettingsError(`${name} is a port from 1 to 65535, not '${env[name]}'`);
  };
  const logFormat = read('SLIPSTREAM_LOG_FORMAT', 'pretty');
  if (logFormat !== 'pretty' && logFormat !== 'json')
    throw new SettingsError(`SLIPSTREAM_LOG_FORMAT is pretty or json, not '${logFormat}'`);
  const natsMaxStore = read('SLIPSTREAM_NATS_MAX_STORE', '20GB');
  if (!/^\d+[KMGT]B$/.test(natsMaxStore))
    throw new SettingsError(`SLIPSTREAM_NATS_MAX_STORE is a size like 20GB, not '${natsMaxStore}'`);
  return {
    host: read('SLIPSTREAM_HOST', '127.0.0.1'),
    port: readPort('SLIPSTREAM_PORT', 8080),
    natsPort: readPort('SLIPSTREAM_NATS_PORT', 4222),
    natsMonitorPort: readPort('SLIPSTREAM_NATS_MONITOR_PORT', 8222),
    manualPort: readPort('SLIPSTREAM_MANUAL_PORT', 8081),
    opsPort: readPort('SLIPSTREAM_OPS_PORT', 9464),
    dataDir: resolve(root, read('SLIPSTREAM_DATA_DIR', 'data')),
    natsMaxStore,
    natsServer: read('SLIPSTREAM_NATS_SERVER', 'nats-server'),
    scrapeAllow: read('SLIPSTREAM_SCRAPE_ALLOW', '')
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
    logLevel: read('SLIPSTREAM_LOG_LEVEL', 'info'),
    logFormat,
  };
}
