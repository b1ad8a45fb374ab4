import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect, provision } from '@slipstream/jetstream';
import { startNatsServer } from '@slipstream/testing';
import { expect, onTestFinished, test } from 'vitest';

/** The service as it is started in production. */
function run(env: Record<string, string>): ChildProcess {
  const args = ['--disable-warning=ExperimentalWarning', '--import', '@slipstream/telemetry/start'];
  const child = spawn(process.execPath, [...args, 'src/main.ts'], {
    cwd: join(import.meta.dirname, '..'),
    env: { PATH: process.env['PATH'], SLIPSTREAM_PORT: '0', SLIPSTREAM_OPS_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

interface LogLine {
  readonly msg: string;
  readonly url: string;
  readonly ops: string;
}

/** The fields of a log line. */
async function said(child: ChildProcess, message: string): Promise<LogLine> {
  if (!child.stdout) throw new Error('the process has no output');
  for await (const text of createInterface(child.stdout)) {
    const line = JSON.parse(text) as LogLine;
    if (line.msg === message) return line;
  }
  throw new Error(`the process ended before it said '${message}'`);
}

async function errorsOf(child: ChildProcess): Promise<{ code: unknown; text: string }> {
  let text = '';
  child.stderr?.on('data', (piece) => {
    text += piece;
  });
  const [code] = await once(child, 'close');
  return { code, text };
}

test('the process serves, shows its metrics, and ends with 0 on SIGTERM', async () => {
  await using nats = await startNatsServer();
  await using bus = await connect({ url: nats.url, name: 'test' });
  await provision(bus);
  const dir = await mkdtemp(join(tmpdir(), 'gateway-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));

  const child = run({ SLIPSTREAM_NATS_URL: nats.url, SLIPSTREAM_DATA_DIR: dir });
  const { url, ops } = await said(child, 'started');
  const created = await fetch(`${url}/v1/scrapes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: 'https://docs.example.com/', brand: 'Acme' }),
  });
  expect(created.status).toBe(202);

  const metrics = await (await fetch(`${ops}/metrics`)).text();
  expect(metrics).toContain('slip_queue_waiting{category="scraping",priority="normal"');
  expect(metrics).toMatch(/slip_queue_waiting\{category="scraping",priority="normal".*\} 1\n/);
  expect(metrics).toContain('slip_projection_lag');
  expect(metrics).toMatch(/http_server_request_duration_count\{.*http_route="\/v1\/scrapes"/);
  expect(metrics).toContain('slip_task_submitted_total{category="scraping",kind="scrape-page"');

  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('an open address without leave ends with one line and code 2', async () => {
  const { code, text } = await errorsOf(run({ SLIPSTREAM_HOST: '0.0.0.0' }));
  expect(code).toBe(2);
  expect(text.trim().split('\n')).toEqual([expect.stringContaining('SLIPSTREAM_ALLOW_OPEN')]);
});
