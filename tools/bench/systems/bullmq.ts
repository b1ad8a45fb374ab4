import { priorities } from '@slipstream/contracts';
import { Queue as BullQueue, type JobsOptions, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { BenchPayload, BenchTask, Queue } from '../queue.ts';

const NAME = 'bench';

/** BullMQ with its defaults; ended jobs are removed, as they are from a work queue. */
export async function openBullmq(url: string): Promise<Queue> {
  const queue = new BullQueue<BenchPayload>(NAME, { connection: connectTo(url) });
  await queue.waitUntilReady();
  return {
    async add(task) {
      await queue.add('noop', task.payload, optionsOf(task));
    },
    async addBulk(many) {
      await queue.addBulk(
        many.map((task) => ({ name: 'noop', data: task.payload, opts: optionsOf(task) })),
      );
    },
    async work({ slots, handle }) {
      let done = 0;
      const worker = new Worker<BenchPayload>(NAME, ({ data }) => handle(data), {
        connection: connectTo(url),
        concurrency: slots,
      });
      worker.on('completed', () => {
        done += 1;
      });
      return {
        get done() {
          return done;
        },
        [Symbol.asyncDispose]: () => worker.close(),
      };
    },
  };
}

/** BullMQ asks for this setting on the connections of its workers. */
const connectTo = (url: string): Redis => new Redis(url, { maxRetriesPerRequest: null });

/** In BullMQ 1 is the most urgent, and jobs without a priority take a shorter way than all of them. */
function optionsOf({ priority }: BenchTask): JobsOptions {
  return {
    removeOnComplete: true,
    ...(priority && { priority: priorities.indexOf(priority) + 1 }),
  };
}
