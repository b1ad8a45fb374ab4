import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Task } from '@slipstream/contracts';
import { findNatsServer, freePorts } from '@slipstream/testing';

export interface Slipstream extends AsyncDisposable {
  readonly url: string;
  readonly natsUrl: string;
  readonly manualUrl: string;
  readonly dataDir: string;
  /** What the supervisor and the services have written so far. */
  readonly output: () => string;
  get<T = Task>(path: string): Promise<T>;
  post<T = Task>(path: string, body: unknown): Promise<{ status: number; body: T }>;
  /** Waits until the task has ended, however long. */
  ended(id: string): Promise<Task>;
  /** The process id of a service (`scraper`) or of `nats-server`; changes when it is restarted. */
  pidOf(name: string): number | undefined;
  /** SIGKILL, as a crash would. Resolves when the process is gone. */
  kill(name: string): Promise<void>;
}

/**
 * The whole system as `npm start` runs it, on free ports and a folder of its own; or on one that is
 * there already, and stays.
 */
export async function startSlipstream(
  env: NodeJS.ProcessEnv = {},
  folder?: string,
): Promise<Slipstream> {
  const dataDir = folder ?? (await mkdtemp(join(tmpdir(), 'slipstream-')));
  const port = await freePorts(12);
  const root = join(import.meta.dirname, '../..');
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'tools/start/supervisor.ts')],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        SLIPSTREAM_NATS_SERVER: findNatsServer(),
        SLIPSTREAM_PORT: String(port),
        SLIPSTREAM_NATS_PORT: String(port + 1),
        SLIPSTREAM_NATS_MONITOR_PORT: String(port + 2),
        SLIPSTREAM_MANUAL_PORT: String(port + 3),
        SLIPSTREAM_OPS_PORT: String(port + 4),
        SLIPSTREAM_DATA_DIR: dataDir,
        SLIPSTREAM_LOG_FORMAT: 'json',
        ...env,
      },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += String(text);
    });
  }
  const url = `http://127.0.0.1:${port}`;
  const exited = once(child, 'exit');
  const dispose = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
    if (folder === undefined) await rm(dataDir, { recursive: true, force: true });
  };

  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(url + path);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };

  const pidOf = (name: string): number | undefined => {
    const table = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' });
    const ours = table
      .split('\n')
      .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
      .find((row) => {
        const [, pid, parent, args = ''] = row ?? [];
        if (Number(parent) !== child.pid) return false;
        return name === 'nats-server'
          ? args.includes('nats-server')
          : cwdOf(pid).endsWith(`/${name}`);
      });
    return ours ? Number(ours[1]) : undefined;
  };

  const slipstream: Slipstream = {
    url,
    natsUrl: `nats://127.0.0.1:${port + 1}`,
    manualUrl: `http://127.0.0.1:${port + 3}`,
    dataDir,
    output: () => output,
    get,
    async post<T>(path: string, body: unknown) {
      const response = await fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: (await response.json()) as T };
    },
    async ended(id) {
      for (;;) {
        const task = await get<Task>(`/v1/tasks/${id}?waitMs=20000`);
        if (task.finishedAt !== undefined) return task;
      }
    },
    pidOf,
    async kill(name) {
      const pid = pidOf(name);
      if (pid === undefined) throw new Error(`${name} is not running`);
      process.kill(pid, 'SIGKILL');
      while (pidOf(name) === pid) await sleep(20);
    },
    [Symbol.asyncDispose]: dispose,
  };

  for (let tries = 0; ; tries++) {
    const ready = await fetch(`${url}/readyz`).catch(() => undefined);
    if (ready?.ok && output.includes('"ready"')) return slipstream;
    if (tries > 900 || child.exitCode !== null) {
      await dispose();
      throw new Error(`the system did not become ready:\n${complaintsOf(output)}`);
    }
    await sleep(100);
  }
}

/** What the supervisor and the services warn of, and the last lines whatever they say. */
function complaintsOf(output: string): string {
  const lines = output.trim().split('\n');
  const loud = lines.slice(0, -10).filter((line) => /"level":[456]0/.test(line));
  return [...loud.slice(-20), ...lines.slice(-10)].join('\n');
}

function cwdOf(pid = ''): string {
  try {
    return execFileSync('readlink', [`/proc/${pid}/cwd`], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
