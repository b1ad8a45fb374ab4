import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { connect } from '@slipstream/jetstream';
import { startNatsServer } from '@slipstream/testing';
import { expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { runProvision } from '../src/service.ts';

/** The service as it is started in production. */
function run(url: string): Promise<{ code: number; log: string }> {
  const args = ['--disable-warning=ExperimentalWarning', 'src/main.ts'];
  const cwd = join(import.meta.dirname, '..');
  const env = { PATH: process.env['PATH'], SLIPSTREAM_NATS_URL: url };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env }, (error, log) =>
      resolve({ code: Number(error?.code ?? 0), log }),
    );
  });
}

test('the process creates everything, says what there is, and ends with 0; a second run changes nothing', async () => {
  await using nats = await startNatsServer();
  const first = await run(nats.url);
  expect(first.log).toMatch(/\d+ streams, \d+ consumers, \d+ buckets/);
  expect(first.code).toBe(0);

  await using bus = await connect({ url: nats.url, name: 'test' });
  const names = await bus.manager.streams.names().next();
  expect(names).toEqual(
    expect.arrayContaining(['TASKS_RAG', 'TASKS_SCRAPING', 'EVENTS', 'SCHED', 'KV_idempotency']),
  );
  expect(await run(nats.url)).toMatchObject({ code: 0 });
});

test('the bounds of the settings reach the server, also when the streams are there already', async () => {
  await using nats = await startNatsServer();
  await runProvision(readConfig({ SLIPSTREAM_NATS_URL: nats.url }));
  const env = { SLIPSTREAM_NATS_URL: nats.url, SLIPSTREAM_MAX_QUEUED: '7' };
  await runProvision(readConfig(env));
  await using bus = await connect({ url: nats.url, name: 'test' });
  const { config } = await bus.manager.streams.info('TASKS_RAG');
  expect(config.max_msgs).toBe(7);
});

test('without nats-server it gives up after its patience and names the address', async () => {
  const config = readConfig({ SLIPSTREAM_NATS_URL: 'nats://127.0.0.1:9' });
  await expect(runProvision(config, 300)).rejects.toThrow(
    'nats://127.0.0.1:9 does not answer; is nats-server running?',
  );
});

test('a server without JetStream is an error and code 1', async () => {
  await using nats = await startNatsServer({ config: { jetstream: false } });
  const { code, log } = await run(nats.url);
  expect(code).toBe(1);
  expect(log).toMatch(/"level":60.*provisioning failed/);
});
