import { readEnv } from '@slipstream/config';
import { defaultTopology } from '@slipstream/jetstream';
import { type Static, Type } from 'typebox';

export const settings = Type.Object({
  SLIPSTREAM_NATS_URL: Type.String({
    default: 'nats://127.0.0.1:4222',
    description: 'Address of nats-server',
  }),
  SLIPSTREAM_REPLICAS: Type.Integer({
    default: defaultTopology.replicas,
    minimum: 1,
    maximum: 5,
    description: 'Copies of every stream; 3 in a cluster',
  }),
  SLIPSTREAM_MAX_QUEUED: Type.Integer({
    default: defaultTopology.maxQueued,
    minimum: 1,
    description: 'Most tasks that the queue of a category holds',
  }),
  SLIPSTREAM_MAX_WORKERS: Type.Integer({
    default: defaultTopology.maxWorkers,
    minimum: 1,
    description: 'Most worker processes of a category',
  }),
});

export type Config = Static<typeof settings>;

export const readConfig = (env: NodeJS.ProcessEnv): Config => readEnv(settings, env);
