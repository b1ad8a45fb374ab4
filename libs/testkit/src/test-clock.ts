import { setTimeout as sleep } from 'node:timers/promises';
import { type Category, subjects, type TaskMessage } from '@slipstream/contracts';
import { directLast, taskStream } from '@slipstream/jetstream';
import { publishTask, type TaskRow } from '@slipstream/tasklog';
import type { Engine } from './engine.ts';

/** The time of a test: it runs as real time does, and skips what nobody wants to wait for. */
export interface TestClock {
  /** Milliseconds since 1970. For handlers that need a clock. */
  readonly now: () => number;
  /**
   * Lets `ms` pass at once. Delayed tasks and retries that fall due meanwhile run in the order of
   * their times, each before the next; resolves when what became of each is in the log.
   */
  advance(ms: number): Promise<void>;
}

interface Due {
  readonly row: TaskRow;
  readonly at: number;
}

const LOOK_MS = 5;
const PATIENCE_MS = 30_000;

/**
 * Tasks that wait lie in SCHED, where nothing but this clock takes them out: a test runs no steward.
 * A time in the log is one of the real clock; the shift that held when it was written is added.
 */
export function createTestClock(engine: Engine): TestClock {
  const { bus, projection } = engine;
  const shifts = [{ since: 0, ms: 0 }];
  const shiftAt = (realMs: number): number =>
    shifts.findLast(({ since }) => since <= realMs)?.ms ?? 0;
  const now = (): number => Date.now() + shiftAt(Date.now());

  function setTo(time: number): void {
    const real = Date.now();
    const ms = time - real;
    if (ms > shiftAt(real)) shifts.push({ since: real, ms });
  }

  async function firstDue(until: number): Promise<Due | undefined> {
    await projection.barrier();
    const lists = await Promise.all([
      projection.list({ state: 'scheduled', limit: 500 }),
      projection.list({ state: 'retrying', limit: 500 }),
    ]);
    return lists
      .flat()
      .map((row) => ({ row, at: (row.runAt ?? 0) + shiftAt(row.touchedAt) }))
      .filter(({ at }) => at <= until)
      .toSorted((a, b) => a.at - b.at)[0];
  }

  async function fire({ id, category }: TaskRow): Promise<void> {
    const own = category as Category;
    const places = [subjects.schedule(own, id), subjects.due(own, id)];
    // The log tells of a task a moment before it lies there.
    const stored = await until(`SCHED holds task ${id}`, async () => {
      const found = await Promise.all(places.map((place) => directLast(bus, 'SCHED', place)));
      return found.find((message) => message !== undefined);
    });
    const message = JSON.parse(Buffer.from(stored.data).toString()) as TaskMessage;
    // A retry lies there a moment before the delivery that failed has left the queue.
    const queued = subjects.task(own, message.priority, id);
    await until(`task ${id} has left its queue`, async () => {
      const before = await directLast(bus, taskStream(own), queued);
      return before === undefined || undefined;
    });
    await publishTask(bus, own, message, stored.header('traceparent'), false);
    await Promise.all(places.map((filter) => bus.manager.streams.purge('SCHED', { filter })));
  }

  return {
    now,
    async advance(ms) {
      const target = now() + ms;
      for (let due = await firstDue(target); due; due = await firstDue(target)) {
        const { row, at } = due;
        setTo(at);
        await fire(row);
        await until(`task ${row.id} runs after its time has come`, async () => {
          const later = await projection.ask('task', row.id);
          return later?.seqs !== row.seqs || undefined;
        });
      }
      setTo(target);
    },
  };
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${PATIENCE_MS} ms`);
    await sleep(LOOK_MS);
  }
}
