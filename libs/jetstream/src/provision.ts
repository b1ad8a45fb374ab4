import { JetStreamApiError } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { categoryNames } from '@slipstream/contracts';
import type { Bus } from './connect.ts';
import {
  batchConsumer,
  buckets,
  defaultTopology,
  dueConsumer,
  streams,
  type TopologyOptions,
  taskConsumers,
  taskStream,
} from './topology.ts';

/** Creates what is missing and updates what differs. Safe to run at any time, by several at once. */
export async function provision(
  bus: Bus,
  options: TopologyOptions = defaultTopology,
): Promise<{ streams: number; consumers: number; buckets: number }> {
  const all = streams(options);
  await Promise.all(
    all.map((stream) =>
      addOrUpdate(
        () => bus.manager.streams.add(stream),
        () => bus.manager.streams.update(stream.name, stream),
      ),
    ),
  );
  const consumers = [
    ...categoryNames.flatMap((category) =>
      taskConsumers(category, options).map((config) => [taskStream(category), config] as const),
    ),
    ['SCHED', dueConsumer] as const,
    ['BATCHES', batchConsumer] as const,
  ];
  const kvm = new Kvm(bus.connection);
  await Promise.all([
    ...consumers.map(([stream, config]) =>
      addOrUpdate(
        () => bus.manager.consumers.add(stream, config),
        () => bus.manager.consumers.update(stream, config.durable_name ?? '', config),
      ),
    ),
    ...buckets.map(({ name, ttlMs, description }) =>
      kvm.create(name, {
        description,
        history: 1,
        ttl: ttlMs,
        replicas: options.replicas,
        markerTTL: 60_000,
      }),
    ),
  ]);
  return { streams: all.length, consumers: consumers.length, buckets: buckets.length };
}

/** JetStream's codes for adding what exists with another configuration: a stream, a consumer. */
const EXISTS: readonly number[] = [10058, 10148];

async function addOrUpdate(add: () => Promise<unknown>, update: () => Promise<unknown>) {
  try {
    await add();
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || !EXISTS.includes(error.code)) throw error;
    await update();
  }
}
