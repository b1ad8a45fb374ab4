import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, type TaskEvent } from '@slipstream/contracts';
import { connect, provision, serveMicro } from '@slipstream/jetstream';
import { startNatsServer } from '@slipstream/testing';
import { expect, test } from 'vitest';
import { createEventLog } from './event-log.ts';
import { openProjection } from './projection/projection.ts';
import { askTaskState, taskStateEndpoint } from './task-state.ts';

test('a question to a projection that starts a moment later is answered; without one there is no answer', async () => {
  await using nats = await startNatsServer();
  await using bus = await connect({ url: nats.url, name: 'test' });
  expect(await askTaskState(bus, 'nobody is there', 150)).toBeUndefined();
  const asked = askTaskState(bus, 'a task');
  await bus.flush();
  const handle = () => ({ run: 1, state: 'running', attempt: 3 });
  serveMicro(bus, {
    name: 'late',
    version: '0.1.0',
    description: 'Answers after the question',
    endpoints: [{ name: 'task-state', subject: 'slipstream.task-state', handle }],
  });
  expect(await asked).toEqual({ run: 1, state: 'running', attempt: 3 });
});

test('a task whose start has crashed five workers has failed as poison, one of four crashes goes on', async () => {
  await using nats = await startNatsServer();
  await using bus = await connect({ url: nats.url, name: 'test' });
  await provision(bus);
  const dir = await mkdtemp(join(tmpdir(), 'poison-'));
  const log = createEventLog(bus);
  try {
    await using projection = await openProjection(bus, { dir, name: 'test' });
    serveMicro(bus, {
      name: 'asked',
      version: '0.1.0',
      description: 'Knows the log',
      endpoints: [taskStateEndpoint(projection, log)],
    });
    const crashed = async (times: number): Promise<string> => {
      const id = newId();
      const started = (index: number): TaskEvent => ({
        type: 'started',
        id,
        run: 1,
        category: 'rag',
        at: new Date(Date.now() + index).toISOString(),
        attempt: 1,
        worker: `w${index}`,
      });
      await Promise.all(Array.from({ length: times }, (_, index) => log.append(started(index))));
      return id;
    };
    expect(await askTaskState(bus, await crashed(4), 20_000)).toMatchObject({ state: 'running' });
    const poison = await crashed(5);
    expect(await askTaskState(bus, poison, 20_000)).toMatchObject({ state: 'failed' });
    await projection.barrier();
    const row = await projection.task(poison);
    expect(JSON.parse(row?.error ?? '{}')).toMatchObject({ code: 'poison' });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
