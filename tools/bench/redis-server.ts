import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePorts } from '@slipstream/testing';

export interface RedisServer extends AsyncDisposable {
  /** `redis://127.0.0.1:<port>` */
  readonly url: string;
  readonly pid: number;
}

/** A redis-server that appends to a file and syncs it every second, gone with its files at the end. */
export async function startRedisServer(): Promise<RedisServer> {
  const binary = process.env['SLIPSTREAM_REDIS_SERVER'] ?? 'redis-server';
  const dir = await mkdtemp(join(tmpdir(), 'redis-'));
  const port = await freePorts(1);
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir,
    save: '',
    appendonly: 'yes',
    appendfsync: 'everysec',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const server = spawn(binary, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const killAtExit = (): void => void server.kill('SIGKILL');
  process.once('exit', killAtExit);
  await once(server, 'spawn');
  const exited = once(server, 'exit');
  await saidReady(createInterface(server.stdout));
  server.stdout.resume();
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: server.pid ?? 0,
    async [Symbol.asyncDispose]() {
      killAtExit();
      await exited;
      process.off('exit', killAtExit);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function saidReady(lines: AsyncIterable<string>): Promise<void> {
  const said = [];
  for await (const line of lines) {
    if (line.includes('Ready to accept connections')) return;
    said.push(line);
  }
  throw new Error(`redis-server did not start: ${said.join('\n')}`);
}
