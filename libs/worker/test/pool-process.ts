/** A worker process with the pool batch, for tests: `node pool-process.ts <nats url> <name> <ms per task>`. */
import { connect } from '@slipstream/jetstream';
import { createEventLog } from '@slipstream/tasklog';
import { createLogger } from '@slipstream/telemetry';
import { testTasks as tasks } from '@slipstream/testkit';
import { register, runPool } from '../src/index.ts';

const [url = '', name = '', taskMs = ''] = process.argv.slice(2);
const bus = await connect({ url, name });
const logger = createLogger(name, 'silent');
const work = (): Promise<object> =>
  new Promise((resolve) => {
    setTimeout(resolve, Number(taskMs), {});
  });
const parts = { bus, log: createEventLog(bus), logger, worker: name, tasks };
const handlers = { work, crawl: work };
const pool = runPool(parts, { category: 'batch', tasks, handlers, slots: 3 });
register(bus, { name, service: 'test', pools: [pool] }, logger);
