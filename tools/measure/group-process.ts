/**
 * One of the processes that `group.ts` measures: `group-process.ts <role> <nats url> <folder>`.
 *
 * `conductor` leads and keeps a projection, as `maintenance` does, and nothing else, and tells its
 * parent what its own thread still holds after each full garbage collection; `worker` runs
 * `embed-chunks` with a handler that does nothing, and tells its parent how many it has run.
 */
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { categories, tasks } from '@slipstream/contracts';
import { conduct, createRunWorkflow, expandBatches, keepRunning } from '@slipstream/flows';
import { connect, serveMicro } from '@slipstream/jetstream';
import { createEventLog, openProjection, taskStateEndpoint } from '@slipstream/tasklog';
import { createLogger } from '@slipstream/telemetry';
import { runPool } from '@slipstream/worker';

const [role = '', url = '', dir = ''] = process.argv.slice(2);
process.once('disconnect', () => process.exit());

const bus = await connect({ url, name: role });
const log = createEventLog(bus);
const logger = createLogger(role, 'error');
if (role === 'conductor') await lead();
else await work();
process.send?.('ready');

async function lead(): Promise<void> {
  new PerformanceObserver((list) => {
    const { NODE_PERFORMANCE_GC_MAJOR: full } = constants;
    const isFull = list
      .getEntries()
      .some((entry) => 'detail' in entry && isOfKind(entry.detail, full));
    if (isFull) process.send?.(process.memoryUsage().heapUsed);
  }).observe({ entryTypes: ['gc'] });
  const projection = await openProjection(bus, { dir, name: role });
  // Its threads keep what was compiled when they end by themselves.
  process.once('SIGTERM', async () => {
    await projection[Symbol.asyncDispose]();
    process.exit();
  });
  serveMicro(bus, {
    name: 'slipstream-measure',
    version: '0.1.0',
    description: 'Leads while it is measured',
    endpoints: [taskStateEndpoint(projection, log)],
  });
  const { signal } = new AbortController();
  const options = { bus, log, projection, tasks, logger };
  void keepRunning('conductor', (stop) => conduct(options, stop), logger, signal);
  void keepRunning('expander', (stop) => expandBatches(options, stop), logger, signal);
}

async function work(): Promise<void> {
  // Here, for the conductor is measured without it.
  const { withRest } = await import('@slipstream/testkit');
  const parts = { bus, log, logger, worker: role, tasks };
  let ran = 0;
  runPool(parts, {
    category: 'embedding',
    tasks,
    slots: 50,
    handlers: withRest('embedding', {
      'embed-chunks': async () => {
        ran += 1;
        return { embedded: 0, embedder: 'none' };
      },
    }),
  });
  runPool(parts, {
    category: 'batch',
    tasks,
    slots: categories.batch.slots,
    handlers: {
      'run-workflow': createRunWorkflow(bus),
      'deliver-webhook': async () => ({ status: 200, durationMs: 0 }),
    },
  });
  setInterval(() => process.send?.(ran), 50);
}

function isOfKind(detail: unknown, kind: number): boolean {
  return typeof detail === 'object' && detail !== null && 'kind' in detail && detail.kind === kind;
}
