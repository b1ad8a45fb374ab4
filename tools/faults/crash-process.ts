/**
 * A process that kills itself between two writes: `crash-process.ts <nats url> <point> <id>`. Its
 * parts are those of a service, but for a bus and a log that know the point.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RetryLaterError, type TaskEvent } from '@slipstream/contracts';
import { steward } from '@slipstream/flows';
import { type Bus, connect } from '@slipstream/jetstream';
import { createEventLog, type EventLog, openProjection, submit } from '@slipstream/tasklog';
import { createLogger } from '@slipstream/telemetry';
import { testTasks as tasks } from '@slipstream/testkit';
import { runPool } from '@slipstream/worker';

/** Where it dies. */
const points = [
  'task-stored-event-not',
  'final-stored-ack-not',
  'retrying-stored-schedule-not',
  'fired-published-not',
  'in-the-handler',
] as const;
export type CrashPoint = (typeof points)[number];

const [url = '', point = '', id = ''] = process.argv.slice(2);
process.once('disconnect', () => process.exit());

const worker = `crashing-${process.pid}`;
const real = await connect({ url, name: worker });
const bus: Bus = {
  ...real,
  publisher: {
    ...real.publisher,
    publish: (subject, ...more) => guarded(subject, () => real.publisher.publish(subject, ...more)),
    publishSurely: (subject, ...more) =>
      guarded(subject, () => real.publisher.publishSurely(subject, ...more)),
  },
};
const stored = createEventLog(real);
const log: EventLog = {
  ...stored,
  async append(event: TaskEvent) {
    if (point === 'task-stored-event-not' && event.type === 'submitted') return never();
    const seq = await stored.append(event);
    if (point === 'final-stored-ack-not' && event.type === 'succeeded') die();
    return seq;
  },
  appendSoon(event: TaskEvent) {
    if (point !== 'task-stored-event-not') stored.appendSoon(event);
  },
};
const logger = createLogger(worker, 'error');

if (point === 'task-stored-event-not')
  await submit(bus, log, { definition: tasks.work, payload: { text: 'x' }, id });
else if (point === 'fired-published-not') {
  const dir = await mkdtemp(join(tmpdir(), 'crashing-'));
  const projection = await openProjection(real, { dir, name: worker });
  await steward({ bus, log, projection, tasks, logger }, new AbortController().signal);
} else
  runPool(
    { bus, log, logger, worker, tasks },
    {
      category: 'batch',
      tasks,
      slots: 1,
      handlers: {
        crawl: async () => ({}),
        work: async () => {
          if (point === 'in-the-handler') die();
          if (point === 'retrying-stored-schedule-not')
            throw new RetryLaterError('later', { delayMs: 10_500 });
          return { by: worker };
        },
      },
    },
  );

async function guarded<T>(subject: string, publish: () => Promise<T>): Promise<T> {
  if (point === 'retrying-stored-schedule-not' && subject.startsWith('sched.')) return die();
  if (point === 'fired-published-not' && subject.startsWith('tasks.')) return die();
  const ack = await publish();
  if (point === 'task-stored-event-not' && subject.startsWith('tasks.')) return die();
  return ack;
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('still alive');
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
