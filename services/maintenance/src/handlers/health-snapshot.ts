import type { ResultOf, Tasks } from '@slipstream/contracts';
import { type Bus, directLast } from '@slipstream/jetstream';
import type { HandlerOf } from '@slipstream/worker';

type Snapshot = ResultOf<Tasks['health-snapshot']>;

const KEY = '$KV.runtime.health';
const ANSWER_MS = 5_000;

/** What the gateway says of the system, kept in the bucket `runtime` under `health`. */
export const createHealthSnapshot =
  (bus: Bus): HandlerOf<'health-snapshot'> =>
  async ({ dryRun = false }, { log }) => {
    const { status, alerts } = await askGateway(bus);
    const last = await directLast(bus, 'KV_runtime', KEY);
    const before = last && (JSON.parse(Buffer.from(last.data).toString()) as Snapshot);
    const snapshot: Snapshot = {
      dryRun,
      at: new Date().toISOString(),
      status,
      alerts,
      ...(before && { before: { at: before.at, status: before.status } }),
      changed: before !== undefined && before.status !== status,
    };
    if (!dryRun) await bus.publisher.publishSurely(KEY, JSON.stringify(snapshot));
    if (snapshot.changed || (!before && status !== 'healthy')) {
      log[status === 'healthy' ? 'info' : 'warn'](snapshot, 'health of the system');
    }
    return snapshot;
  };

/** A system whose gateway does not answer is unhealthy, whatever else works. */
async function askGateway(bus: Bus): Promise<Pick<Snapshot, 'status' | 'alerts'>> {
  try {
    const options = { timeout: ANSWER_MS };
    const reply = await bus.connection.request('slipstream.gateway.status', '', options);
    const health = reply.json<Pick<Snapshot, 'status' | 'alerts'> | { error: string }>();
    return 'error' in health ? { status: 'unhealthy', alerts: [health.error] } : health;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { status: 'unhealthy', alerts: [`no gateway says how the system is: ${why}`] };
  }
}
