import {
  type AcquireAnswer,
  type AcquireRequest,
  type Category,
  categoryNames,
  type Holding,
  hostOf,
  type Priority,
  subjects,
  type TaskMessage,
  type TaskTable,
} from '@slipstream/contracts';
import { type Bus, followStream } from '@slipstream/jetstream';
import type { EventLog } from '@slipstream/tasklog';
import type { Logger } from '@slipstream/telemetry';
import { readControls, watchControls } from '@slipstream/worker';
import { Desk, type Parked } from './desk.ts';
import { openLedger } from './ledger.ts';
import { releaseTask } from './release.ts';

export interface AdmitOptions {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly tasks: TaskTable;
  readonly logger: Logger;
  /** How long a worker may say nothing before what it holds is free. Default 6 s: longer than a delivery lasts without it. */
  readonly graceMs?: number;
}

const TICK_MS = 20;
const SWEEP_MS = 1_000;
/** Releases on their way at once, per category. */
const MAX_RELEASES = 64;
const AGAIN_MS = 50;

/**
 * Answers which tasks with limits run now, over all replicas, and releases those in lanes. One
 * process leads. Each run that is given was stored before, by compare-and-set, so that a leader
 * which has lost its lead without noticing gives none. Runs until `signal` aborts; throws when
 * somebody else leads.
 */
export async function admit(options: AdmitOptions, signal: AbortSignal): Promise<void> {
  const { bus, logger } = options;
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => stop.abort());
  const opened = await Promise.all(
    categoryNames.map(async (category) => {
      const fail = failed.reject;
      return [category, await openCounter(options, category, fail, ended)] as const;
    }),
  );
  const counters = new Map<string, Counter>(opened);
  const counterOf = (subject: string) => counters.get(subject.slice(subject.lastIndexOf('.') + 1));

  const subscriptions = [
    bus.connection.subscribe(subjects.acquire('*'), {
      callback: (_error, message) =>
        counterOf(message.subject)?.acquire(message.json(), (answer) =>
          message.respond(JSON.stringify(answer)),
        ),
    }),
    bus.connection.subscribe(subjects.holding('*'), {
      callback: (_error, message) => counterOf(message.subject)?.hear(message.json()),
    }),
    bus.connection.subscribe(subjects.cancel('*'), {
      callback(_error, { subject, data }) {
        const task = `${subject.slice(subject.lastIndexOf('.') + 1)}.${Buffer.from(data)}`;
        for (const counter of counters.values()) counter.cancel(task);
      },
    }),
    bus.connection.subscribe(subjects.lanesPurged('*'), {
      callback: (_error, message) => counterOf(message.subject)?.drop(Number(message.string())),
    }),
  ];
  let deaf = false;
  const unlisten = bus.onStatus((status) => {
    if (status !== 'disconnect' && status !== 'reconnect') return;
    for (const counter of counters.values()) counter.confirmAll();
    deaf = status === 'disconnect';
  });
  let tickedAt = performance.now();
  const timers = [
    setInterval(() => {
      for (const counter of counters.values()) counter.pump();
    }, TICK_MS),
    setInterval(() => {
      const now = performance.now();
      // After a pause of this process its ears come later than its timers.
      const paused = now - tickedAt > 2 * SWEEP_MS;
      tickedAt = now;
      for (const counter of counters.values()) {
        if (paused) counter.confirmAll();
        else if (!deaf) counter.sweep();
      }
    }, SWEEP_MS),
  ];
  const lanes = (async () => {
    const onError = (err: unknown) => logger.warn({ err }, 'lanes cannot be read yet');
    for await (const { subject, seq, data } of followStream(bus, 'LANES', {
      signal: ended,
      onError,
    })) {
      const [, category = '', priority, token = ''] = subject.split('.');
      const text = Buffer.from(data).toString();
      counters.get(category)?.park(priority as Priority, token, seq, JSON.parse(text));
    }
  })();

  try {
    await Promise.race([lanes, failed.promise]);
  } finally {
    stop.abort();
    for (const timer of timers) clearInterval(timer);
    unlisten();
    if (!bus.connection.isClosed()) for (const each of subscriptions) each.unsubscribe();
    await lanes;
    await Promise.all([...counters.values()].map((counter) => counter.close()));
  }
}

interface Counter {
  acquire(request: AcquireRequest, respond: (answer: AcquireAnswer) => void): void;
  hear(holding: Holding): void;
  cancel(task: string): void;
  drop(upToSeq: number): void;
  park(priority: Priority, token: string, seq: number, task: TaskMessage): void;
  confirmAll(): void;
  sweep(): void;
  pump(): void;
  /** Waits for the releases that are on their way. */
  close(): Promise<void>;
}

async function openCounter(
  { bus, log, tasks, logger, graceMs = 6_000 }: AdmitOptions,
  category: Category,
  fail: (error: unknown) => void,
  ended: AbortSignal,
): Promise<Counter> {
  const ledger = await openLedger(bus, category);
  const desk = new Desk(tasks, ledger.holds, Date.now());
  const releasing = new Set<Promise<void>>();
  desk.limits = (await readControls(bus, category)).controls.limits ?? {};
  const controls = watchControls(bus, category, {
    onChange: ({ limits = {} }) => {
      desk.limits = limits;
    },
    onError: (err) => logger.debug({ err, category }, 'limits cannot be read'),
  });

  async function release(token: string, parked: Parked): Promise<void> {
    while (!ended.aborted) {
      const outcome = await releaseTask(bus, log, category, parked.seq);
      if (outcome === 'gone') desk.forget(token, parked);
      if (outcome !== 'again') return;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  const counter: Counter = {
    acquire(request, respond) {
      const verdicts = desk.decide(request, Date.now());
      // A later request of the same worker was here before: nobody waits for this one.
      if (!verdicts || ended.aborted) return;
      counter.pump();
      if (!verdicts.some(({ verdict }) => verdict === 'run')) return respond({ verdicts });
      ledger.write(desk.holds.all).then(() => respond({ verdicts }), fail);
    },
    hear: ({ instance, held }) => desk.hear(instance, held, Date.now()),
    cancel: (task) => desk.cancel(task),
    drop: (upToSeq) => desk.drop(upToSeq),
    park(priority, token, seq, task) {
      const host = hostOf(task.payload);
      const name = `${task.id}.${task.run}`;
      desk.park(priority, token, { seq, task: name, gen: task.gen, ...(host && { host }) });
    },
    confirmAll: () => desk.holds.confirmAll(Date.now()),
    sweep: () => void desk.sweep(graceMs, Date.now()),
    pump() {
      while (releasing.size < MAX_RELEASES && !ended.aborted) {
        const next = desk.release(Date.now());
        if (!next) return;
        const { parked, priority, token } = next;
        const moving: Promise<void> = release(token, parked)
          .catch((err: unknown) => {
            logger.warn({ err, task: parked.task }, 'a task stays in its lane for now');
            desk.forget(token, parked);
            desk.park(priority, token, parked);
          })
          .finally(() => releasing.delete(moving));
        releasing.add(moving);
      }
    },
    async close() {
      controls[Symbol.dispose]();
      await Promise.allSettled(releasing);
    },
  };
  return counter;
}
