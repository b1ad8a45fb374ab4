import { join } from 'node:path';
import multipart from '@fastify/multipart';
import { createHttpApp, createOpsServer } from '@slipstream/http';
import { connect, serveMicro } from '@slipstream/jetstream';
import { createEventLog, openProjection, taskStateEndpoint } from '@slipstream/tasklog';
import { createLogger, type Logger, stopTelemetry } from '@slipstream/telemetry';
import { translateBrokerError, watchBroker } from './broker.ts';
import { allowList, type Config, isLoopback } from './config.ts';
import { createAdmission } from './control/admission.ts';
import { describeApi } from './open-api.ts';
import type { GatewayParts } from './parts.ts';
import { routes } from './routes/index.ts';
import { observeQueues } from './status/gauges.ts';
import { readHealth } from './status/health.ts';
import { readReady } from './status/ready.ts';
import { waitForStreams } from './wait-for-streams.ts';

export interface GatewayService extends AsyncDisposable {
  /** Of the API and the first page. */
  readonly url: string;
  /** Of health and metrics. */
  readonly opsUrl: string;
}

/** REST, SSE and OpenAPI in front of the streams. The wiring, top to bottom; disposal runs backwards. */
export async function startService(config: Config): Promise<GatewayService> {
  const stack = new AsyncDisposableStack();
  try {
    const logger = createLogger('gateway', config.SLIPSTREAM_LOG_LEVEL);
    stack.defer(stopTelemetry);
    let parts: GatewayParts | undefined;
    const ops = stack.use(
      await createOpsServer({
        host: config.SLIPSTREAM_OPS_HOST,
        port: config.SLIPSTREAM_OPS_PORT,
        ready: async () =>
          parts
            ? readReady(parts)
            : { ready: false, checks: { nats: `waiting for ${config.SLIPSTREAM_NATS_URL}` } },
      }),
    );
    const bus = stack.use(await connect({ url: config.SLIPSTREAM_NATS_URL, name: 'gateway' }));
    await waitForStreams(bus, logger);
    const projection = stack.use(
      await openProjection(bus, {
        dir: join(config.SLIPSTREAM_DATA_DIR, 'projections'),
        name: 'gateway',
      }),
    );
    const broker = watchBroker(bus);
    const onLost = (err: unknown) => logger.error({ err }, 'an event was not stored');
    const log = createEventLog(bus, { onLost });
    stack.defer(() => log.flush());
    const admission = createAdmission({ bus, broker, log });
    const allow = allowList(config);
    parts = { config, logger, bus, broker, log, projection, admission, allow };
    stack.use(observeQueues(parts));
    serveStatus(parts);
    const url = await listen(stack, parts);
    sayWhoMayCallIt(config, logger);
    logger.info({ url, ops: ops.url, api: `${url}/docs` }, 'started');
    return { url, opsUrl: ops.url, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** Over NATS: the state of the system, and the states of tasks for workers that met one before. */
function serveStatus(parts: GatewayParts): void {
  serveMicro(parts.bus, {
    name: 'slipstream-gateway',
    version: '0.1.0',
    description: 'REST, SSE and OpenAPI in front of the streams',
    endpoints: [
      { name: 'status', subject: 'slipstream.gateway.status', handle: () => readHealth(parts) },
      taskStateEndpoint(parts.projection, parts.log),
    ],
  });
}

async function listen(stack: AsyncDisposableStack, parts: GatewayParts): Promise<string> {
  const { config, logger } = parts;
  const { SLIPSTREAM_HOST: host, SLIPSTREAM_PORT: port } = config;
  const app = createHttpApp({ logger, translateError: translateBrokerError });
  await app.register(multipart, { limits: { fileSize: 100 << 20, files: 2, fields: 10 } });
  await describeApi(app);
  for (const addRoutes of routes) addRoutes(app, parts);
  stack.defer(() => app.close());
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'is taken' : `cannot be listened on (${code})`;
    throw new Error(
      `port ${port} on ${host} for the API ${why}: choose another with SLIPSTREAM_PORT (and SLIPSTREAM_HOST)`,
      { cause: error },
    );
  }
}

function sayWhoMayCallIt({ SLIPSTREAM_HOST: host }: Config, logger: Logger): void {
  if (isLoopback(host))
    logger.info({ host }, 'no API key is configured: only this machine may call');
  else logger.warn({ host }, 'no API key is configured, and other machines may call');
}
