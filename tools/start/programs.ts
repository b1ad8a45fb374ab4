import { join } from 'node:path';
import type { Settings } from './settings.ts';

/** One process of the local system. */
export interface Program {
  readonly name: string;
  readonly command: readonly [file: string, ...args: string[]];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Answers 200 when the program can do its work. */
  readonly readyUrl?: string;
}

/** Services in the order in which they stop, with what only one of them is told. */
const services = ['gateway', 'scraper', 'embedder', 'rag', 'maintenance'] as const;

const runTypeScript = ['--disable-warning=ExperimentalWarning'] as const;
/**
 * The leaders hold little for long and read much: with room to grow their garbage lies for long
 * (guide: workflows.md#what-a-large-group-costs), and glibc keeps what each of their threads has freed
 * in an arena of its own. As in docker-compose.yml, and in `npm start` of the service.
 */
export const leaderMemory = {
  args: ['--max-semi-space-size=8', '--max-old-space-size=512'],
  env: { MALLOC_ARENA_MAX: '2' },
} as const;
const telemetry = ['--import', '@slipstream/telemetry/start'] as const;

/** What runs once, before the services: streams, consumers, buckets. */
export function provisionProgram(
  settings: Settings,
  root: string,
  env: NodeJS.ProcessEnv,
): Program {
  return {
    name: 'provision',
    command: [process.execPath, ...runTypeScript, 'src/main.ts'],
    cwd: join(root, 'services/provision'),
    env: { ...env, ...sharedEnv(settings) },
  };
}

/** Everything that stays up beside nats-server: the services and the sample site. */
export function servicePrograms(
  settings: Settings,
  root: string,
  env: NodeJS.ProcessEnv,
): Program[] {
  const opsPorts = opsPortOf(settings);
  const programs = services.map((name): Program => {
    const opsPort = opsPorts[name];
    const memory = name === 'maintenance' ? leaderMemory : { args: [], env: {} };
    return {
      name,
      command: [process.execPath, ...memory.args, ...runTypeScript, ...telemetry, 'src/main.ts'],
      cwd: join(root, 'services', name),
      env: {
        ...memory.env,
        ...env,
        ...sharedEnv(settings),
        SLIPSTREAM_OPS_PORT: String(opsPort),
      },
      readyUrl: `http://127.0.0.1:${opsPort}/readyz`,
    };
  });
  return [...programs, manualProgram(settings, root, env)];
}

function manualProgram(settings: Settings, root: string, env: NodeJS.ProcessEnv): Program {
  return {
    name: 'manual',
    command: [process.execPath, ...runTypeScript, 'src/main.ts'],
    cwd: join(root, 'examples/manual'),
    env: { ...env, SLIPSTREAM_MANUAL_PORT: String(settings.manualPort) },
    readyUrl: manualUrl(settings),
  };
}

export function manualUrl({ manualPort }: Settings): string {
  return `http://127.0.0.1:${manualPort}/index.html`;
}

/** Port of each service's health and metrics: a row of ports that starts at the setting. */
export function opsPortOf({ opsPort }: Settings): Record<(typeof services)[number], number> {
  const ports = services.map((name, place) => [name, opsPort + place] as const);
  return Object.fromEntries(ports) as Record<(typeof services)[number], number>;
}

function sharedEnv(settings: Settings): NodeJS.ProcessEnv {
  const scrapeAllow = [...settings.scrapeAllow, `127.0.0.1:${settings.manualPort}`];
  return {
    SLIPSTREAM_NATS_URL: `nats://127.0.0.1:${settings.natsPort}`,
    SLIPSTREAM_DATA_DIR: settings.dataDir,
    SLIPSTREAM_HOST: settings.host,
    SLIPSTREAM_PORT: String(settings.port),
    SLIPSTREAM_OPS_HOST: '127.0.0.1',
    SLIPSTREAM_MANUAL_URL: manualUrl(settings),
    SLIPSTREAM_SCRAPE_ALLOW: scrapeAllow.join(','),
    SLIPSTREAM_LOG_LEVEL: settings.logLevel,
  };
}
