import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OtlpSink, startNatsServer, startOtlpSink } from '@slipstream/testing';
import { startRedisServer } from './redis-server.ts';
import { type Remote, startRemote } from './remote.ts';
import type { Producer, Worker } from './roles.ts';
import { prepareSlipstream } from './systems/slipstream.ts';
import { cpuMs, residentBytes } from './usage.ts';

export type SystemName = 'slipstream' | 'bullmq' | 'raw';

export interface StageOptions {
  /** Metrics on and traces at 0.01, sent to a collector. Slipstream only; default true. */
  readonly telemetry?: boolean;
}

/** A system on a server of its own, with one producer and one worker, each in a process of its own. */
export interface Stage extends AsyncDisposable {
  readonly name: SystemName;
  readonly producer: Remote<Producer>;
  readonly worker: Remote<Worker>;
  /** Waits until whatever follows the tasks (Slipstream's projection) knows all that has happened. */
  caughtUp(): Promise<void>;
  /** Milliseconds of processor time used so far. */
  cpu(): Readonly<Record<string, number>>;
  /** Resident bytes of the server. */
  serverBytes(): number;
}

const script = join(import.meta.dirname, 'process.ts');

export async function openStage(
  name: SystemName,
  { telemetry = true }: StageOptions = {},
): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'bench-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const server = stack.use(await (name === 'bullmq' ? startRedisServer() : startNatsServer()));
  if (name !== 'bullmq') await prepareSlipstream(server.url);
  const sink = name === 'slipstream' && telemetry ? stack.use(await startOtlpSink()) : undefined;
  const start = async <T>(role: string): Promise<Remote<T>> => {
    const args = [...(sink ? ['--import', '@slipstream/telemetry/start'] : []), script];
    const env = { ...process.env, ...telemetryOf(role, sink) };
    return stack.use(await startRemote<T>([...args, name, role, server.url, dir], env));
  };
  const producer = await start<Producer>('producer');
  const worker = await start<Worker>('worker');
  const follower =
    name === 'slipstream' ? await start<{ caughtUp(): Promise<void> }>('follower') : undefined;
  const pids = {
    producer: producer.pid,
    server: server.pid,
    worker: worker.pid,
    ...(follower && { projection: follower.pid }),
  };
  const opened = stack.move();
  return {
    name,
    producer,
    worker,
    caughtUp: async () => follower?.call('caughtUp'),
    cpu: () => Object.fromEntries(Object.entries(pids).map(([role, pid]) => [role, cpuMs(pid)])),
    serverBytes: () => residentBytes(server.pid),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function telemetryOf(role: string, sink: OtlpSink | undefined): NodeJS.ProcessEnv {
  if (!sink) return {};
  return {
    OTEL_SERVICE_NAME: `bench-${role}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
    SLIPSTREAM_TRACE_RATIO: '0.01',
  };
}
