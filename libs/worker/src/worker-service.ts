import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { tasks as systemTasks, type TaskTable } from '@slipstream/contracts';
import { createOpsServer, type OpsServer } from '@slipstream/http';
import { type Bus, connect, type MicroEndpoint, serveMicro } from '@slipstream/jetstream';
import { breakers } from '@slipstream/resilience';
import { createEventLog, type EventLog } from '@slipstream/tasklog';
import {
  createLogger,
  type Logger,
  type LogLevel,
  metrics,
  stopTelemetry,
} from '@slipstream/telemetry';
import type { PoolParts } from './pool-parts.ts';
import { register } from './registry.ts';
import type { Pool } from './run-pool.ts';

export interface WorkerServiceOptions {
  /** `scraper`; shown in the registry, in NATS and in logs. */
  readonly service: string;
  readonly description: string;
  readonly settings: {
    readonly SLIPSTREAM_NATS_URL: string;
    readonly SLIPSTREAM_OPS_HOST: string;
    readonly SLIPSTREAM_OPS_PORT: number;
    readonly SLIPSTREAM_LOG_LEVEL: LogLevel;
  };
  /** Every kind that its tasks and their children may have. Default: the system's own. */
  readonly tasks?: TaskTable;
  /** Opens what the handlers need and starts the pools. What it opens goes onto the stack, in order. */
  readonly start: (parts: WorkerParts) => Promise<{
    readonly pools: readonly Pool[];
    /** More to ask over NATS than the status. */
    readonly endpoints?: readonly MicroEndpoint[];
    /** Why the service is not ready, by name; checked besides NATS and the pools. */
    readonly checks?: () => Record<string, string>;
    /** Shown in the registry: breakers, models. */
    readonly extra?: () => unknown;
  }>;
}

export interface WorkerParts extends PoolParts {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly logger: Logger;
  readonly stack: AsyncDisposableStack;
}

export interface WorkerService extends AsyncDisposable {
  /** Of its health and metrics. */
  readonly opsUrl: string;
  readonly worker: string;
}

/** The wiring that every worker service shares, top to bottom; disposal runs backwards. */
export async function startWorkerService(options: WorkerServiceOptions): Promise<WorkerService> {
  const { service, description, settings, tasks = systemTasks } = options;
  const stack = new AsyncDisposableStack();
  try {
    const worker = `${service}-${hostname()}-${process.pid}-${randomUUID().slice(0, 4)}`.replaceAll(
      /[^\w-]/g,
      '-',
    );
    const logger = createLogger(service, settings.SLIPSTREAM_LOG_LEVEL);
    stack.defer(stopTelemetry);
    const bus = stack.use(await connect({ url: settings.SLIPSTREAM_NATS_URL, name: service }));
    const onLost = (err: unknown) => logger.error({ err }, 'an event was not stored');
    const log = createEventLog(bus, { onLost });
    stack.defer(() => log.flush());
    const parts: WorkerParts = { bus, log, logger, worker, tasks, stack };
    stack.defer(watchBreakers(logger));
    const started = await options.start(parts);
    const pools = started.pools;
    const status = () => pools.map(({ category, slots, inHand }) => ({ category, slots, inHand }));
    serveMicro(bus, {
      name: `slipstream-${service}`,
      version: '0.1.0',
      description,
      endpoints: [
        { name: 'status', subject: `slipstream.${service}.status`, handle: status },
        ...(started.endpoints ?? []),
      ],
    });
    const ops: OpsServer = stack.use(
      await createOpsServer({
        host: settings.SLIPSTREAM_OPS_HOST,
        port: settings.SLIPSTREAM_OPS_PORT,
        ready: async () => {
          await bus.connection.flush();
          const checks: Record<string, string> = { ...started.checks?.() };
          for (const { category, alive, stuck } of pools) {
            if (stuck) checks[category] = stuck;
            if (!alive) checks[category] = 'no answer to a pull for 3 s';
          }
          return { ready: Object.keys(checks).length === 0, checks };
        },
      }),
    );
    const { extra } = started;
    for (const pool of pools) stack.use(pool);
    stack.use(register(bus, { name: worker, service, pools, ...(extra && { extra }) }, logger));
    logger.info({ worker, pools: status(), ops: ops.url }, 'started');
    return { opsUrl: ops.url, worker, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

type GaugeCallback = Parameters<typeof metrics.breakerOpen.addCallback>[0];

/** Breakers in the log and among the metrics. Returns the way out. */
function watchBreakers(logger: Logger): () => void {
  const observe: GaugeCallback = (gauge) => {
    for (const { dependency, endpoint, state } of breakers.breakerStates()) {
      gauge.observe(state === 'open' ? 1 : 0, { dependency, endpoint });
    }
  };
  metrics.breakerOpen.addCallback(observe);
  const unlisten = breakers.onBreakerChange((breaker) =>
    logger.warn({ breaker }, 'breaker changed'),
  );
  return () => {
    metrics.breakerOpen.removeCallback(observe);
    unlisten();
  };
}
