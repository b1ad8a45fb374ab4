import { join } from 'node:path';
import { type Leader, tasks } from '@slipstream/contracts';
import { createGuardedAgent } from '@slipstream/documents/guarded-agent';
import { parseAllowList } from '@slipstream/documents/net-guard';
import {
  admit,
  conduct,
  expandBatches,
  followWebhooks,
  keepRunning,
  keepSnapshots,
  publishAges,
  reconcile,
  steward,
} from '@slipstream/flows';
import { holdLease } from '@slipstream/jetstream';
import { openKnowledgeStore } from '@slipstream/knowledge';
import {
  ensureShipped,
  openProjection,
  projectionFile,
  taskStateEndpoint,
} from '@slipstream/tasklog';
import { runPool, startWorkerService, type WorkerService } from '@slipstream/worker';
import type { Config } from './config.ts';
import { batchHandlers, maintenanceHandlers } from './handlers/index.ts';
import { schedules } from './schedules.ts';
import { sourceEndpoints } from './sources/endpoints.ts';

/** Pools batch and maintenance, and the leaders: one of each over all replicas. */
export const startService = (config: Config): Promise<WorkerService> =>
  startWorkerService({
    service: 'maintenance',
    description:
      'Maintenance and batch pools, and the leaders: workflows, schedules, limits, repair',
    settings: config,
    async start(parts) {
      const { bus, log, logger, stack } = parts;
      const data = config.SLIPSTREAM_DATA_DIR;
      const place = { dir: join(data, 'projections'), name: 'maintenance' };
      const projection = stack.use(await openProjection(bus, place));
      const store = stack.use(await openKnowledgeStore({ uri: join(data, 'knowledge') }));
      await ensureShipped(bus, tasks, schedules);
      const agent = createGuardedAgent({
        allow: parseAllowList(config.SLIPSTREAM_SCRAPE_ALLOW.split(',')),
        limits: { connectMs: 10_000, connections: 4, listedConnections: 4 },
      });
      stack.defer(() => agent.destroy());

      const leaders = {
        conductor: (signal: AbortSignal) =>
          conduct({ bus, log, projection, tasks, logger }, signal),
        expander: (signal: AbortSignal) =>
          expandBatches({ bus, log, projection, tasks, logger }, signal),
        webhooks: (signal: AbortSignal) =>
          followWebhooks({ bus, log, projection, definition: tasks['deliver-webhook'] }, signal),
        steward: (signal: AbortSignal) => steward({ bus, log, projection, tasks, logger }, signal),
        reconciler: (signal: AbortSignal) => {
          const quietMs = config.SLIPSTREAM_RECONCILE_AFTER_MS;
          return reconcile({ bus, log, projection, logger, quietMs }, signal);
        },
        limits: (signal: AbortSignal) => admit({ bus, log, tasks, logger }, signal),
        snapshots: (signal: AbortSignal) => {
          const everyMs = config.SLIPSTREAM_SNAPSHOT_EVERY_MS;
          return keepSnapshots({ bus, logger, file: projectionFile(place), everyMs }, signal);
        },
        ages: (signal: AbortSignal) => publishAges({ bus, logger }, signal),
      } satisfies Record<Leader, (signal: AbortSignal) => Promise<void>>;
      for (const [name, run] of Object.entries(leaders)) {
        const lead = (signal: AbortSignal) => keepRunning(name, run, logger, signal);
        const onError = (err: unknown) => logger.warn({ err, leader: name }, 'lease not renewed');
        stack.use(holdLease(bus, { name, lead, onError }));
      }

      const drainMs = config.SLIPSTREAM_DRAIN_MS;
      return {
        endpoints: [
          taskStateEndpoint(projection, log),
          ...sourceEndpoints({ bus, projection, store }),
        ],
        pools: [
          runPool(parts, {
            category: 'maintenance',
            tasks,
            handlers: maintenanceHandlers(
              { bus, log, projection, store },
              config.SLIPSTREAM_RETENTION_DAYS,
            ),
            slots: config.SLIPSTREAM_MAINTENANCE_SLOTS,
            drainMs,
          }),
          runPool(parts, {
            category: 'batch',
            tasks,
            handlers: batchHandlers({
              bus,
              projection,
              agent,
              publicUrl: config.SLIPSTREAM_PUBLIC_URL,
            }),
            slots: config.SLIPSTREAM_BATCH_SLOTS,
            drainMs,
          }),
        ],
      };
    },
  });
