import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { makeLocalProject, type Supervisor } from './fixtures/local-project.ts';
import { isStillRunning, type KnownProcess } from './processes.ts';

const waitFor = (check: () => void): Promise<void> => vi.waitFor(check, 15_000);

const ready = (supervisor: Supervisor): Promise<void> =>
  waitFor(() => expect([...supervisor.errors, supervisor.records.at(-1)?.msg]).toContain('ready'));

async function childrenOf(root: string): Promise<Record<string, KnownProcess>> {
  return JSON.parse(await readFile(join(root, 'data/supervisor.json'), 'utf8')).children;
}

/** Services that said this, in the order in which they said it. */
const whoSaid = ({ records }: Supervisor, message: string): string[] =>
  records.filter(({ msg }) => msg === message).map(({ service }) => service);

test('one SIGINT stops the gateway, then the workers, then nats-server, and leaves nothing', async () => {
  await using project = await makeLocalProject();
  const supervisor = project.start();
  await ready(supervisor);
  const children = Object.values(await childrenOf(project.root));
  expect(children.map(isStillRunning)).toEqual(Array(7).fill(true));

  process.kill(supervisor.pid, 'SIGINT');
  process.kill(supervisor.pid, 'SIGINT'); // npm passes the same key on
  expect(await supervisor.ended).toBe(0);
  const stopped = whoSaid(supervisor, 'stopped');
  expect(stopped[0]).toBe('gateway');
  expect(stopped.toSorted()).toEqual([
    'embedder',
    'gateway',
    'maintenance',
    'manual',
    'rag',
    'scraper',
  ]);
  expect(supervisor.records.at(-1)?.msg).toBe('everything is stopped');
  expect(children.map(isStillRunning)).toEqual(Array(7).fill(false));
  expect(existsSync(join(project.root, 'data/supervisor.json'))).toBe(false);
});

test('a killed service is started again, and a killed nats-server without its services', async () => {
  await using project = await makeLocalProject();
  const supervisor = project.start();
  await ready(supervisor);
  const before = await childrenOf(project.root);
  process.kill(before['scraper']?.pid ?? 0, 'SIGKILL');
  await waitFor(() =>
    expect(whoSaid(supervisor, 'started').filter((name) => name === 'scraper')).toHaveLength(2),
  );
  expect(whoSaid(supervisor, 'scraper ended and is started again')).toEqual(['supervisor']);

  process.kill(before['nats-server']?.pid ?? 0, 'SIGKILL');
  const monitor = `http://127.0.0.1:${project.env['SLIPSTREAM_NATS_MONITOR_PORT']}/healthz`;
  await waitFor(() =>
    expect(whoSaid(supervisor, 'nats-server ended and is started again')).toHaveLength(1),
  );
  await vi.waitFor(async () => expect((await fetch(monitor)).status).toBe(200), 15_000);
  expect(whoSaid(supervisor, 'started')).toHaveLength(7);
  process.kill(supervisor.pid, 'SIGTERM');
  expect(await supervisor.ended).toBe(0);
});

test('a further SIGINT, half a second later, kills what does not stop', async () => {
  await using project = await makeLocalProject();
  const stubborn = await readFile(join(project.root, 'services/gateway/src/main.ts'), 'utf8');
  await project.write('services/gateway/src/main.ts', stubborn.replace('process.exit();', ''));
  const supervisor = project.start();
  await ready(supervisor);
  const children = Object.values(await childrenOf(project.root));
  let ending: number | string | undefined;
  void supervisor.ended.then((code) => {
    ending = code;
  });
  await waitFor(() => {
    if (ending === undefined) process.kill(supervisor.pid, 'SIGINT');
    expect(ending).toBe(130);
  });
  await waitFor(() => expect(children.map(isStillRunning)).toEqual(Array(7).fill(false)));
});

test('a taken port is named and nothing is started', async () => {
  await using project = await makeLocalProject();
  const other = createServer();
  await once(other.listen(Number(project.env['SLIPSTREAM_PORT']), '127.0.0.1'), 'listening');
  const supervisor = project.start();
  expect(await supervisor.ended).toBe(1);
  other.close();
  expect(supervisor.errors.join('\n')).toContain(
    `port ${project.env['SLIPSTREAM_PORT']} for the gateway is taken; set SLIPSTREAM_PORT to a free one`,
  );
  expect(supervisor.records).toEqual([]);
});

test('a second start on one data folder is refused', async () => {
  await using project = await makeLocalProject();
  const first = project.start();
  await ready(first);
  const second = project.start();
  expect(await second.ended).toBe(1);
  expect(second.errors.join('\n')).toContain(`data is in use by process ${first.pid}`);
  process.kill(first.pid, 'SIGTERM');
  expect(await first.ended).toBe(0);
});

test('after a start that was killed the next one stops what was left, and runs', async () => {
  await using project = await makeLocalProject();
  const first = project.start();
  await ready(first);
  const left = Object.values(await childrenOf(project.root));
  process.kill(first.pid, 'SIGKILL');
  const second = project.start();
  await ready(second);
  expect(left.map(isStillRunning)).toEqual(Array(7).fill(false));
  expect(whoSaid(second, 'stopped nats-server of a start that was killed')).toHaveLength(1);
  process.kill(second.pid, 'SIGTERM');
  expect(await second.ended).toBe(0);
});

test('when the streams cannot be made the start ends with the reason', async () => {
  await using project = await makeLocalProject();
  await project.write('services/provision/src/main.ts', "throw new Error('no space left')");
  const supervisor = project.start();
  expect(await supervisor.ended).toBe(1);
  expect(supervisor.errors.join('\n')).toMatch(/provision failed \(exit code 1\).*no space left/s);
  expect(whoSaid(supervisor, 'started')).toEqual([]);
});

test('when nats-server does not start the reason is its own', async () => {
  await using project = await makeLocalProject();
  await project.write('data/nats', 'a file where the store has to be');
  const supervisor = project.start();
  expect(await supervisor.ended).toBe(1);
  expect(supervisor.errors.join('\n')).toMatch(/nats-server does not start:.*data\/nats/s);
});
