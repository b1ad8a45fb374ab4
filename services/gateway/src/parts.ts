import type { AllowList } from '@slipstream/documents/net-guard';
import type { Bus } from '@slipstream/jetstream';
import type { EventLog, Projection } from '@slipstream/tasklog';
import type { Logger } from '@slipstream/telemetry';
import type { Broker } from './broker.ts';
import type { Config } from './config.ts';
import type { Admission } from './control/admission.ts';

/** What the routes work with. */
export interface GatewayParts {
  readonly config: Config;
  readonly logger: Logger;
  readonly bus: Bus;
  readonly broker: Broker;
  readonly log: EventLog;
  readonly projection: Projection;
  readonly admission: Admission;
  readonly allow: AllowList;
}
