/**
 * The leaders and a projection that answers workers, to be killed: `leader-process.ts <nats url>
 * <name> <folder>`. The reconciler looks after two seconds instead of sixty.
 */
import { conduct, keepRunning, reconcile, steward } from '@slipstream/flows';
import { connect, holdLease, serveMicro } from '@slipstream/jetstream';
import { createEventLog, openProjection, taskStateEndpoint } from '@slipstream/tasklog';
import { createLogger } from '@slipstream/telemetry';
import { kinds as tasks } from './kinds.ts';

const [url = '', name = '', dir = ''] = process.argv.slice(2);
process.once('disconnect', () => process.exit());

const bus = await connect({ url, name });
const log = createEventLog(bus);
const logger = createLogger(name, 'error');
const projection = await openProjection(bus, { dir, name: 'leader' });
serveMicro(bus, {
  name: 'slipstream-faults',
  version: '0.1.0',
  description: 'Leaders that are killed',
  endpoints: [taskStateEndpoint(projection, log)],
});
const leaders = {
  conductor: (signal: AbortSignal) => conduct({ bus, log, projection, tasks, logger }, signal),
  steward: (signal: AbortSignal) => steward({ bus, log, projection, tasks, logger }, signal),
  reconciler: (signal: AbortSignal) =>
    reconcile({ bus, log, projection, logger, quietMs: 2_000 }, signal),
};
for (const [leader, run] of Object.entries(leaders))
  holdLease(bus, {
    name: leader,
    ttlMs: 2_000,
    lead: (signal) => keepRunning(leader, run, logger, signal),
    onError: (err) => logger.debug({ err, leader }, 'lease not renewed'),
  });
process.send?.('ready');
