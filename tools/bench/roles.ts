import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Priority, priorities } from '@slipstream/contracts';
import { type BenchPayload, type BenchTask, nowMs, type Queue, type RunningWork } from './queue.ts';

const BULK = 1_000;
const text = 'x'.repeat(185);

export interface Adding {
  readonly count: number;
  /** One priority for all, or spread evenly over the five. */
  readonly priority?: Priority | 'each';
}

export interface Working {
  readonly slots: number;
  /** How long a handler sleeps; 0: it does nothing. */
  readonly sleepMs?: number;
  /** Spreads the sleeps evenly between half and one and a half of `sleepMs`, so that slots do not come free in step. */
  readonly spread?: boolean;
}

export type Producer = ReturnType<typeof producer>;
export type Worker = ReturnType<typeof worker>;

/** Adds tasks to a queue, in each of the ways that are measured. */
export function producer(queue: Queue) {
  return {
    /** One after the other, each acknowledged. */
    async addOne({ count, priority }: Adding): Promise<void> {
      for (let index = 0; index < count; index++) await queue.add(taskAt(index, priority));
    },
    /** In groups of 1,000. */
    async addBulk({ count, priority }: Adding): Promise<void> {
      for (let from = 0; from < count; from += BULK) {
        const group = Array.from({ length: Math.min(BULK, count - from) }, (_, index) =>
          taskAt(from + index, priority),
        );
        await queue.addBulk(group);
      }
    },
    /** One call each, `lanes` of them on their way at once. */
    async addInLanes({ count, lanes }: { count: number; lanes: number }): Promise<void> {
      let next = 0;
      const lane = async (): Promise<void> => {
        while (next < count) await queue.add(taskAt(next++, undefined));
      };
      await Promise.all(Array.from({ length: lanes }, lane));
    },
    /** One at a time, `gapMs` apart on average, each with the time it was sent. */
    async addPaced({ count, gapMs, priority }: Adding & { gapMs: number }): Promise<void> {
      for (let index = 0; index < count; index++) {
        await sleep(gapMs * (0.5 + Math.random()));
        const { payload, ...task } = taskAt(index, priority);
        await queue.add({ ...task, payload: { ...payload, sentAt: nowMs() } });
      }
    },
  };
}

/** Takes tasks from a queue. */
export function worker(queue: Queue) {
  let work: RunningWork | undefined;
  let handled = 0;
  let waits: number[] = [];
  const progress = new EventEmitter();

  return {
    async start({ slots, sleepMs = 0, spread = false }: Working): Promise<void> {
      handled = 0;
      const rest = async (): Promise<void> => {
        if (sleepMs > 0) await sleep(spread ? sleepMs * (0.5 + Math.random()) : sleepMs);
      };
      work = await queue.work({
        slots,
        async handle({ sentAt }: BenchPayload) {
          if (sentAt !== undefined) waits.push(nowMs() - sentAt);
          await rest();
          handled += 1;
          progress.emit(String(handled));
          return { ok: true };
        },
      });
    },
    /** Resolves when so many tasks were answered since `start`. */
    async done(count: number): Promise<void> {
      if (handled < count) await once(progress, String(count));
      while ((work?.done ?? 0) < count) await sleep(1);
    },
    async stop(): Promise<void> {
      await work?.[Symbol.asyncDispose]();
      work = undefined;
    },
    /** Milliseconds from add to start of the tasks that told when they were sent, since the last call. */
    async takeWaits(): Promise<number[]> {
      const taken = waits;
      waits = [];
      return taken;
    },
    /** Milliseconds that the same handlers take in a bare loop. */
    async ideal({ count, slots, sleepMs }: Working & { count: number; sleepMs: number }) {
      const began = nowMs();
      let next = 0;
      const slot = async (): Promise<void> => {
        while (next++ < count) await sleep(sleepMs);
      };
      await Promise.all(Array.from({ length: slots }, slot));
      return nowMs() - began;
    },
  };
}

function taskAt(index: number, priority: Adding['priority']): BenchTask {
  const own = priority === 'each' ? priorities[index % priorities.length] : priority;
  return { payload: { text }, priority: own };
}
