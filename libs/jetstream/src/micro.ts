import type { Msg } from '@nats-io/transport-node';
import type { Bus } from './connect.ts';

export interface MicroEndpoint {
  readonly name: string;
  readonly subject: string;
  readonly handle: (request: Msg) => Promise<unknown> | unknown;
}

export interface MicroOptions {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly endpoints: readonly MicroEndpoint[];
}

/**
 * Registers the process as a NATS micro service (ADR-32), so that `nats micro ls|info|stats` shows
 * it. Endpoints answer in the queue group `q`: one instance each request.
 */
export function serveMicro(bus: Bus, options: MicroOptions): void {
  const { name, version, description } = options;
  const id = bus.connection.info?.client_id ? `${bus.connection.info.client_id}${process.pid}` : '';
  const identity = { name, id, version, metadata: {} };
  const started = new Date().toISOString();
  const endpoints = options.endpoints.map((endpoint) => ({ endpoint, stats: newStats() }));

  for (const { endpoint, stats } of endpoints) {
    bus.connection.subscribe(endpoint.subject, {
      queue: 'q',
      callback: (_error, message) => void respond(endpoint, stats, message),
    });
  }

  const answers = {
    PING: () => ({ type: 'io.nats.micro.v1.ping_response', ...identity }),
    INFO: () => ({
      type: 'io.nats.micro.v1.info_response',
      ...identity,
      description,
      endpoints: endpoints.map(({ endpoint }) => describe(endpoint)),
    }),
    STATS: () => ({
      type: 'io.nats.micro.v1.stats_response',
      ...identity,
      started,
      endpoints: endpoints.map(({ endpoint, stats }) => ({ ...describe(endpoint), ...stats })),
    }),
  };
  for (const [verb, answer] of Object.entries(answers)) {
    for (const subject of [`$SRV.${verb}`, `$SRV.${verb}.${name}`, `$SRV.${verb}.${name}.${id}`]) {
      bus.connection.subscribe(subject, {
        callback: (_error, message) => void message.respond(JSON.stringify(answer())),
      });
    }
  }
}

const describe = ({ name, subject }: MicroEndpoint) => ({ name, subject, queue_group: 'q' });

const newStats = () => ({
  num_requests: 0,
  num_errors: 0,
  last_error: '',
  processing_time: 0,
  average_processing_time: 0,
});

async function respond(
  { handle }: MicroEndpoint,
  stats: ReturnType<typeof newStats>,
  message: Msg,
): Promise<void> {
  const from = performance.now();
  try {
    message.respond(JSON.stringify(await handle(message)));
  } catch (error) {
    stats.num_errors += 1;
    stats.last_error = error instanceof Error ? error.message : String(error);
    message.respond(JSON.stringify({ error: stats.last_error }));
  }
  stats.num_requests += 1;
  stats.processing_time += Math.round((performance.now() - from) * 1e6);
  stats.average_processing_time = Math.round(stats.processing_time / stats.num_requests);
}
