/**
 * Measures what limits cost: no-op tasks of one worker with 50 slots, without a key, with a key of
 * their own each, and over a thousand keys at one at a time; the steward is a process of its own.
 *
 *   node tools/measure/keyed.ts [--tasks 30000] [--slots 50] [--rounds 3]
 *
 * The rounds alternate, so that the ratio holds on a machine that does other things as well.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { defineTask } from '@slipstream/contracts';
import { admit } from '@slipstream/flows';
import { connect, provision } from '@slipstream/jetstream';
import { createEventLog, submitMany } from '@slipstream/tasklog';
import { createLogger, startTelemetry } from '@slipstream/telemetry';
import { startNatsServer } from '@slipstream/testing';
import { runPool } from '@slipstream/worker';
import { Type } from 'typebox';

const shape = {
  category: 'ingestion',
  summary: 'Nothing',
  payload: Type.Object({ key: Type.String() }),
  result: Type.Object({}),
  priority: 'normal',
} as const;
const tasks = {
  plain: defineTask({ ...shape, kind: 'plain' }),
  keyed: defineTask({ ...shape, kind: 'keyed', key: 'key', concurrency: { perKey: 1 } }),
};

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '30000' },
    slots: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '3' },
    steward: { type: 'string' },
  },
});
if (values.steward) await lead(values.steward);
else await measure();

async function lead(url: string): Promise<void> {
  const bus = await connect({ url, name: 'steward' });
  const logger = createLogger('steward', 'warn');
  const stop = new AbortController();
  process.once('disconnect', () => stop.abort());
  await admit({ bus, log: createEventLog(bus), tasks, logger }, stop.signal);
  await bus[Symbol.asyncDispose]();
}

async function measure(): Promise<void> {
  startTelemetry({ service: 'keyed', traceRatio: 0 });
  await using nats = await startNatsServer();
  await using bus = await connect({ url: nats.url, name: 'keyed' });
  await provision(bus);
  const steward = fork(import.meta.filename, ['--steward', nats.url]);
  const log = createEventLog(bus);
  const total = Number(values.tasks);
  const plain: number[] = [];
  const single: number[] = [];
  const shared: number[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    plain.push(await rate('plain', (index) => String(index)));
    single.push(await rate('keyed', (index) => String(index)));
    shared.push(await rate('keyed', (index) => String(index % 1_000)));
  }
  steward.disconnect();
  await once(steward, 'exit');
  const best = (rates: readonly number[]) => Math.max(...rates);
  const row = (name: string, rates: readonly number[]) =>
    print(`| ${name} | ${best(rates)} | ${(best(rates) / best(plain)).toFixed(2)} |`);
  print('| no-op tasks | tasks/s, best round | of unkeyed |');
  print('| --- | --- | --- |');
  row('no key', plain);
  row('a key of their own each', single);
  row('over 1,000 keys, one of a key at a time', shared);

  async function rate(kind: keyof typeof tasks, keyOf: (index: number) => string): Promise<number> {
    for (let from = 0; from < total; from += 1_000) {
      const many = Array.from({ length: Math.min(1_000, total - from) }, (_, index) => ({
        definition: tasks[kind],
        payload: { key: keyOf(from + index) },
      }));
      await submitMany(bus, log, many);
    }
    await log.flush();
    let ended = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = async (): Promise<object> => {
      ended += 1;
      if (ended === total) resolve();
      return {};
    };
    const logger = createLogger('keyed', 'silent');
    const began = performance.now();
    const parts = { bus, log, logger, worker: 'keyed', tasks };
    await using _pool = runPool(parts, {
      category: 'ingestion',
      tasks,
      handlers: { plain: end, keyed: end },
      slots: Number(values.slots),
    });
    await promise;
    return Math.round((total / (performance.now() - began)) * 1_000);
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
