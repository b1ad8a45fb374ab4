/**
 * A worker that is there to be killed: `worker-process.ts <nats url> <name> <record file>`. Its
 * handlers keep a record of their own, beside the log: a line before and a line after each run.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { RetryLaterError, TerminalError } from '@slipstream/contracts';
import { createRunWorkflow } from '@slipstream/flows';
import { connect } from '@slipstream/jetstream';
import { createEventLog } from '@slipstream/tasklog';
import { createLogger } from '@slipstream/telemetry';
import { runPool, type TaskContext } from '@slipstream/worker';
import type { Execution } from './check-history.ts';
import { type FaultKinds, kinds } from './kinds.ts';

const [url = '', worker = '', file = ''] = process.argv.slice(2);
process.once('disconnect', () => process.exit());

const bus = await connect({ url, name: worker });
const log = createEventLog(bus);
const parts = { bus, log, logger: createLogger(worker, 'error'), worker, tasks: kinds };

type Context = TaskContext<FaultKinds>;

function note(phase: Execution['phase'], { id, attempt, fence }: Context): void {
  const line: Execution = { id, run: fence.run, gen: fence.gen, attempt, worker, phase };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

const recorded =
  <P, R>(run: (payload: P, context: Context) => Promise<R>) =>
  async (payload: P, context: Context): Promise<R> => {
    note('start', context);
    try {
      return await run(payload, context);
    } finally {
      note('end', context);
    }
  };

runPool(parts, {
  category: 'batch',
  tasks: kinds,
  slots: 8,
  handlers: {
    noop: recorded(async () => ({})),
    sleep: recorded(async ({ ms }: { ms: number }, { signal }) => {
      await sleep(ms, undefined, { signal });
      return {};
    }),
    flaky: recorded(async ({ fails }: { fails: number }, { attempt }) => {
      if (attempt <= fails) throw new RetryLaterError(`fails ${fails} times`);
      return {};
    }),
    doomed: recorded(async () => {
      throw new TerminalError('it was made to fail');
    }),
    square: recorded(async ({ number, ms }: { number: number; ms: number }, { signal }) => {
      await sleep(ms, undefined, { signal });
      return number * number;
    }),
    sum: recorded(async ({ numbers }: { numbers: readonly number[] }) => ({
      count: numbers.length,
      sum: numbers.reduce((total, number) => total + number, 0),
    })),
    'run-workflow': recorded(createRunWorkflow(bus)),
  },
});
runPool(parts, {
  category: 'ingestion',
  tasks: kinds,
  slots: 4,
  handlers: {
    parent: recorded(async ({ children }: { children: number }, { addChildren }) => {
      const keys = Array.from({ length: children }, (_, index) => String(index));
      await addChildren(keys.map((key) => ({ key, kind: 'noop' as const, payload: {} })));
      return {};
    }),
  },
});
process.send?.('ready');
