import type { Readiness } from '@slipstream/http';
import type { GatewayParts } from '../parts.ts';
import { checkNats, checkProjection } from './health.ts';

/** Ready: NATS answers, and the view of tasks is not far behind the log. */
export async function readReady(parts: GatewayParts): Promise<Readiness> {
  const [nats, projection] = await Promise.all([checkNats(parts), checkProjection(parts)]);
  return {
    ready: nats.status === 'healthy' && projection.status === 'healthy',
    checks: { nats: nats.detail, projection: projection.detail },
  };
}
