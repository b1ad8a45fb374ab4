import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findNatsServer } from './find-nats-server.ts';
import { freePorts } from './free-ports.ts';
import { givenNatsServer } from './given-nats-server.ts';

export interface NatsServer extends AsyncDisposable {
  /** `nats://127.0.0.1:<port>`; stays the same over `restart()`. */
  readonly url: string;
  /** `http://127.0.0.1:<port>`: `/healthz`, `/varz`, `/jsz`; stays the same over `restart()`. */
  readonly monitorUrl: string;
  /** Of the process that runs now; a restart changes it. */
  readonly pid: number;
  /** SIGKILL, as a crash or the kernel's memory killer would do. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Stops it in order if it still runs, and starts it on the same ports and the same store. */
  restart(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers from this line on. */
  freeze(): void;
  /** SIGCONT: goes on where `freeze()` stopped it. */
  thaw(): void;
}

export interface NatsServerOptions {
  /** A free one by default. */
  readonly port?: number;
  /** Kept at the end when given; a folder of its own, removed at the end, otherwise. */
  readonly storeDir?: string;
  /** Further settings of nats-server's configuration file, by their names there. */
  readonly config?: Readonly<Record<string, unknown>>;
}

interface Running {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly url: URL;
  readonly monitorUrl: URL;
}

/** As in `tools/start/nats-config.ts`. */
const sharedMachine = {
  GOGC: '50',
  GOMAXPROCS: String(Math.max(1, Math.floor(availableParallelism() / 2))),
};

const START_LIMIT_MS = 10_000;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const server of running) server.kill('SIGKILL');
});

/**
 * A real nats-server with JetStream, configured as in production (`sync_interval` 100 ms,
 * `max_payload` 8 MB) and run as `npm start` runs it, gone with its files at the end of the scope. Throws with the server's own
 * words when it does not start. Where `SLIPSTREAM_TEST_NATS_URL` names one that runs already, that
 * one is taken, by suites that only talk to it.
 */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const given = process.env['SLIPSTREAM_TEST_NATS_URL'];
  if (given) return givenNatsServer(given, options);
  const folder = await mkdtemp(join(tmpdir(), 'nats-'));
  const storeDir = options.storeDir ?? join(folder, 'store');
  const start = (port: number, monitorPort: number): Promise<Running> =>
    run(folder, {
      host: '127.0.0.1',
      port,
      http: `127.0.0.1:${monitorPort}`,
      max_payload: 8 * 1024 * 1024,
      jetstream: { store_dir: storeDir, sync_interval: '100ms' },
      ports_file_dir: folder,
      ...options.config,
    });
  const free = await freePorts(2);
  let server = await start(options.port ?? free, free + 1).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    url: server.url.href,
    monitorUrl: server.monitorUrl.origin,
    get pid() {
      return server.pid;
    },
    kill: () => stop(server, 'SIGKILL'),
    async restart() {
      await stop(server, 'SIGTERM');
      server = await start(Number(server.url.port), Number(server.monitorUrl.port));
    },
    freeze: () => stopThreads(server),
    thaw: () => void server.process.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      await stop(server, options.storeDir === undefined ? 'SIGKILL' : 'SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function run(folder: string, config: Record<string, unknown>): Promise<Running> {
  const configFile = join(folder, 'nats-server.json');
  await writeFile(configFile, JSON.stringify(config));
  const server = spawn(findNatsServer(), ['-c', configFile], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...sharedMachine, ...process.env },
  });
  let said = '';
  server.stderr.on('data', (text) => {
    said = `${said}${text}`.slice(-2_000);
  });
  await once(server, 'spawn');
  running.add(server);
  server.once('exit', () => running.delete(server));
  const pid = server.pid ?? 0;
  const ports = await readPorts(join(folder, `nats-server_${pid}.ports`), () => {
    if (server.exitCode !== null) throw new Error(`nats-server did not start: ${said}`);
  });
  return { process: server, pid, url: new URL(ports.nats), monitorUrl: new URL(ports.monitoring) };
}

/** nats-server writes this file when it takes connections. */
async function readPorts(
  file: string,
  throwIfExited: () => void,
): Promise<{ nats: string; monitoring: string }> {
  const limit = Date.now() + START_LIMIT_MS;
  while (Date.now() < limit) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.endsWith('}')) {
      const { nats, monitoring } = JSON.parse(text) as { nats: [string]; monitoring: [string] };
      return { nats: nats[0], monitoring: monitoring[0] };
    }
    throwIfExited();
    await sleep(10);
  }
  throw new Error(`nats-server did not write ${file} within ${START_LIMIT_MS} ms`);
}

async function stop({ process: server }: Running, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = once(server, 'exit');
  server.kill(signal);
  server.kill('SIGCONT'); // a frozen one would keep a SIGTERM until it is thawed
  await exit;
}

/** The kernel stops one thread after the other; on a busy machine some go on for milliseconds. */
function stopThreads({ process: server, pid }: Running): void {
  server.kill('SIGSTOP');
  const clock = new Int32Array(new SharedArrayBuffer(4));
  while (!threadStates(pid).every((state) => state === 'T')) Atomics.wait(clock, 0, 0, 1);
}

/** One letter for each thread; where there is no /proc, one for the process. */
function threadStates(pid: number): string[] {
  if (process.platform !== 'linux')
    return [
      execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).slice(0, 1),
    ];
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    try {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
      return stat.charAt(stat.lastIndexOf(')') + 2);
    } catch {
      return 'T'; // the thread has ended since
    }
  });
}
