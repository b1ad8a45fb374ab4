import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Program } from './programs.ts';
import type { Settings } from './settings.ts';

/**
 * Settings of the local nats-server. Everything stays on 127.0.0.1. A sync every 100 ms bounds what
 * a power cut can take; a crash of nats-server alone loses nothing that was acknowledged.
 */
export function natsConfig(settings: Settings): string {
  return `# Written by every start. Settings: SLIPSTREAM_NATS_PORT, SLIPSTREAM_NATS_MONITOR_PORT,
# SLIPSTREAM_NATS_MAX_STORE, SLIPSTREAM_DATA_DIR.
server_name: slipstream-local
host: 127.0.0.1
port: ${settings.natsPort}
http: "127.0.0.1:${settings.natsMonitorPort}"
max_payload: 8MB
jetstream {
  store_dir: ${JSON.stringify(join(settings.dataDir, 'nats'))}
  max_file_store: ${settings.natsMaxStore}
  sync_interval: "100ms"
}
`;
}

/**
 * For a server that shares its machine with the services. Half of Go's usual slack: a sixth less
 * memory for a long queue, at a few percent of CPU. Half of the cores: its goroutines hand work over
 * on the same core, so that on two cores a lone publication takes a quarter less time.
 */
export const sharedMachine = {
  GOGC: '50',
  GOMAXPROCS: String(Math.max(1, Math.floor(availableParallelism() / 2))),
} as const;

/** Writes the configuration file and says how to run nats-server with it. */
export async function prepareNats(settings: Settings, env: NodeJS.ProcessEnv): Promise<Program> {
  await mkdir(settings.dataDir, { recursive: true });
  const file = join(settings.dataDir, 'nats-server.conf');
  await writeFile(file, natsConfig(settings));
  return {
    name: 'nats-server',
    command: [settings.natsServer, '--config', file],
    cwd: settings.dataDir,
    env: { ...sharedMachine, ...env },
    readyUrl: `http://127.0.0.1:${settings.natsMonitorPort}/healthz`,
  };
}
