import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Category, categories, type Tasks, tasks } from '@slipstream/contracts';
import { type Bus, connect, provision } from '@slipstream/jetstream';
import { createEventLog } from '@slipstream/tasklog';
import { createLogger, startTelemetry } from '@slipstream/telemetry';
import { type NatsServer, startNatsServer } from '@slipstream/testing';
import { type Handlers, register, runPool } from '@slipstream/worker';
import { readConfig } from '../src/config.ts';
import { startService } from '../src/service.ts';

startTelemetry({ service: 'gateway-test', traceRatio: 0 });

/** A gateway over a real nats-server, called by HTTP. */
export interface TestGateway extends AsyncDisposable {
  readonly url: string;
  readonly opsUrl: string;
  readonly nats: NatsServer;
  /** SLIPSTREAM_DATA_DIR. */
  readonly dir: string;
  readonly bus: Bus;
  /** JSON by POST. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  patch(path: string, body: unknown): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Any other method; JSON where there is a body. */
  call(method: 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
  /** Runs a pool with these handlers until the gateway is disposed. */
  work<C extends Category>(category: C, handlers: Handlers<C, Tasks>): void;
}

/** An answer whose body was read. Its shape is for the test to expect. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

export interface Json {
  readonly [name: string]: Json;
}

export async function startGateway(env: Record<string, string> = {}): Promise<TestGateway> {
  await using opening = new AsyncDisposableStack();
  const nats = opening.use(await startNatsServer());
  const dir = await mkdtemp(join(tmpdir(), 'gateway-'));
  opening.defer(() => rm(dir, { recursive: true, force: true }));
  const bus = opening.use(await connect({ url: nats.url, name: 'test' }));
  await provision(bus);
  const service = opening.use(
    await startService(
      readConfig({
        SLIPSTREAM_NATS_URL: nats.url,
        SLIPSTREAM_PORT: '0',
        SLIPSTREAM_OPS_PORT: '0',
        SLIPSTREAM_DATA_DIR: dir,
        SLIPSTREAM_LOG_LEVEL: 'silent',
        ...env,
      }),
    ),
  );
  const { url, opsUrl } = service;
  const send = async (method: string, path: string, body: unknown, headers = {}) =>
    read(
      await fetch(url + path, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    );
  const logger = createLogger('test', 'silent');
  const log = createEventLog(bus);
  const stack = opening.move();
  return {
    url,
    opsUrl,
    nats,
    dir,
    bus,
    post: (path, body, headers) => send('POST', path, body, headers),
    patch: (path, body) => send('PATCH', path, body),
    get: async (path, headers = {}) => read(await fetch(url + path, { headers })),
    call: async (method, path, body) =>
      read(
        await fetch(url + path, {
          method,
          ...(body !== undefined && {
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }),
        }),
      ),
    work(category, handlers) {
      const worker = `test-${category}`;
      const parts = { bus, log, logger, worker, tasks };
      const { slots } = categories[category];
      const pool = stack.use(runPool(parts, { category, tasks, handlers, slots }));
      stack.use(register(bus, { name: worker, service: 'test', pools: [pool] }, logger));
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  const body = (isJson ? JSON.parse(text) : { text }) as Json;
  return { status: response.status, headers: response.headers, body };
}
