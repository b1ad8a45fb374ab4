import { categoryNames } from '@slipstream/contracts';
import { startNatsServer } from '@slipstream/testing';
import { expect, test } from 'vitest';
import { connect } from './connect.ts';
import { provision } from './provision.ts';
import { taskStream } from './topology.ts';

test('provisioning again changes nothing, and a changed limit is applied', async () => {
  await using nats = await startNatsServer();
  await using bus = await connect({ url: nats.url, name: 'test' });
  const first = await provision(bus);
  expect(await provision(bus)).toEqual(first);
  await provision(bus, { replicas: 1, maxQueued: 5, maxWorkers: 1 });
  const { config } = await bus.manager.streams.info(taskStream('rag'));
  expect(config.max_msgs).toBe(5);
});

test('each category has a stream with a consumer per priority, head-room for retries included', async () => {
  await using nats = await startNatsServer();
  await using bus = await connect({ url: nats.url, name: 'test' });
  await provision(bus);
  for (const category of categoryNames) {
    const { consumer_count } = (await bus.manager.streams.info(taskStream(category))).state;
    expect(consumer_count).toBe(5);
  }
  const { config } = await bus.manager.consumers.info('TASKS_RAG', 'p0');
  expect(config).toMatchObject({ filter_subject: 'tasks.rag.critical.*', max_ack_pending: 10_320 });
});
