import { defineTask } from '@slipstream/contracts';
import { connect, defaultTopology, provision, serveMicro } from '@slipstream/jetstream';
import {
  createEventLog,
  openProjection,
  type Submission,
  submit,
  submitMany,
  taskStateEndpoint,
} from '@slipstream/tasklog';
import { createLogger } from '@slipstream/telemetry';
import { runPool } from '@slipstream/worker';
import { Type } from 'typebox';
import type { BenchPayload, BenchTask, Queue } from '../queue.ts';

const noop = defineTask({
  kind: 'noop',
  category: 'batch',
  summary: 'What the benchmark counts',
  payload: Type.Object({ text: Type.String(), sentAt: Type.Optional(Type.Number()) }),
  result: Type.Unknown(),
  priority: 'normal',
});
const tasks = { noop } as const;

/** Room for a million queued tasks and those that are measured beside them. */
const topology = { ...defaultTopology, maxQueued: 2_000_000 };

export async function prepareSlipstream(url: string): Promise<void> {
  await using bus = await connect({ url, name: 'provision' });
  await provision(bus, topology);
}

export async function openSlipstream(url: string): Promise<Queue> {
  const bus = await connect({ url, name: 'bench' });
  const log = createEventLog(bus);
  const parts = { bus, log, logger: createLogger('bench', 'warn'), worker: 'bench', tasks };
  return {
    async add(task) {
      await submit(bus, log, submissionOf(task));
    },
    async addBulk(many) {
      await submitMany(bus, log, many.map(submissionOf));
    },
    async work({ slots, handle }) {
      const handlers = { noop: (payload: BenchPayload) => handle(payload) };
      const pool = runPool(parts, { category: 'batch', tasks, slots, handlers });
      return {
        get done() {
          return pool.stats.succeeded;
        },
        [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
      };
    },
  };
}

/**
 * The projection, which follows the log in a process of its own as it does in the system, and answers
 * a worker that was handed a task for the second time.
 */
export async function followSlipstream(
  url: string,
  dir: string,
): Promise<{ caughtUp(): Promise<void> }> {
  const bus = await connect({ url, name: 'follower' });
  const projection = await openProjection(bus, { dir, name: 'bench' });
  const endpoints = [taskStateEndpoint(projection, createEventLog(bus))];
  serveMicro(bus, { name: 'bench', version: '1.0.0', description: 'Projection', endpoints });
  return { caughtUp: () => projection.barrier() };
}

function submissionOf({ payload, priority }: BenchTask): Submission {
  return { definition: noop, payload, ...(priority && { priority }) };
}
