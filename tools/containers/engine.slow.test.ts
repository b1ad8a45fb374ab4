import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { NatsContainer } from '@testcontainers/nats';
import { Wait } from 'testcontainers';
import { beforeAll, describe, expect, test } from 'vitest';
import { prepareEngine, projectRoot, withoutContainers } from './container-engine.ts';

/** Suites that hold the engine, and need nothing of nats-server but an address. */
const suites = ['libs/worker/src/run-pool.test.ts', 'libs/flows/src/conductor.slow.test.ts'];

const MINUTE_MS = 60_000;
const CONFIG = '/etc/nats/slipstream.conf';

describe.skipIf(withoutContainers)('the engine on a nats-server in a container', () => {
  beforeAll(prepareEngine, 10 * MINUTE_MS);

  test.each(suites)('%s passes', { timeout: 3 * MINUTE_MS }, async (suite) => {
    await using nats = await startNats();
    const { code, output } = await runSuite(suite, nats.url);
    expect(code, output).toBe(0);
    expect(output).toMatch(/^[1-9]\d* passed, 0 failed$/m);
    expect(await nats.connections()).toBeGreaterThan(0);
  });
});

/** An empty one each, with the settings that it is deployed with. */
async function startNats() {
  const container = await new NatsContainer('nats:2.15-alpine')
    // The class adds arguments for a user and a password, and our configuration has none: a shell
    // that is given its script takes them for the script's own.
    .withEntrypoint(['sh', '-c', `exec nats-server --config ${CONFIG}`])
    .withBindMounts([
      { source: join(projectRoot, 'deploy/nats/server.conf'), target: CONFIG, mode: 'ro' },
    ])
    .withEnvironment({ SLIPSTREAM_NATS_MAX_STORE: '1GB' })
    .withTmpFs({ '/data': 'rw' })
    .withWaitStrategy(Wait.forHttp('/healthz', 8222))
    .start();
  const address = (port: number) => `${container.getHost()}:${container.getMappedPort(port)}`;
  return {
    url: `nats://${address(4222)}`,
    async connections(): Promise<number> {
      const varz = await fetch(`http://${address(8222)}/varz`);
      return ((await varz.json()) as { total_connections: number }).total_connections;
    },
    [Symbol.asyncDispose]: async () => void (await container.stop()),
  };
}

/** In a Vitest of its own: a suite finds its server in the environment. */
async function runSuite(file: string, natsUrl: string): Promise<{ code: number; output: string }> {
  const { SLIPSTREAM_TEST_SUITES: _slow, SLIPSTREAM_TEST_TALLY: _tally, ...env } = process.env;
  const vitest = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', file], {
    cwd: projectRoot,
    env: {
      ...env,
      SLIPSTREAM_TEST_NATS_URL: natsUrl,
      ...(file.includes('.slow.') && { SLIPSTREAM_TEST_SUITES: 'slow' }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [code]] = await Promise.all([text(vitest.stdout), once(vitest, 'close')]);
  return { code, output };
}
