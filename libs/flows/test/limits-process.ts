/**
 * A child process of a test: `worker` runs the pool ingestion with handlers that take as long as they are
 * told, `steward` competes for the lead of limits.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { connect, holdLease } from '@slipstream/jetstream';
import { createEventLog } from '@slipstream/tasklog';
import { createLogger } from '@slipstream/telemetry';
import { testTasks as tasks } from '@slipstream/testkit';
import { runPool } from '@slipstream/worker';
import { keepRunning } from '../src/keep-running.ts';
import { admit } from '../src/limits/admit.ts';

const [role, url = '', name = ''] = process.argv.slice(2);
const bus = await connect({ url, name });
const log = createEventLog(bus);
const logger = createLogger(name, 'warn');

/** Told to the test on its own subject, with one clock for all: the processes share a machine. */
const tell = (what: object): void =>
  bus.connection.publish('test.told', JSON.stringify({ worker: name, at: Date.now(), ...what }));

if (role === 'steward') {
  holdLease(bus, {
    name: 'limits',
    ttlMs: 1_500,
    lead(signal) {
      tell({ type: 'leads' });
      return keepRunning(
        'limits',
        (ended) => admit({ bus, log, tasks, logger }, ended),
        logger,
        signal,
      );
    },
  });
} else {
  const run = async (key: string, ms: number, id: string) => {
    tell({ type: 'start', key, id });
    await sleep(ms);
    tell({ type: 'end', key, id });
    return {};
  };
  const pool = runPool(
    { bus, log, logger, worker: name, tasks },
    {
      category: 'ingestion',
      tasks,
      slots: 5,
      handlers: {
        keyed: ({ key, ms }, { id }) => run(key, ms, id),
        paced: ({ ms }, { id }) => run('', ms, id),
      },
    },
  );
  process.once('SIGTERM', () => {
    void pool[Symbol.asyncDispose]().then(() => process.exit(0));
  });
}
