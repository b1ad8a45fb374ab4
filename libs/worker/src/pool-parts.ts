import type { TaskTable } from '@slipstream/contracts';
import type { Bus } from '@slipstream/jetstream';
import type { EventLog } from '@slipstream/tasklog';
import type { Logger } from '@slipstream/telemetry';

/** What every pool of a process shares. */
export interface PoolParts {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly logger: Logger;
  /** Name of the process, shown in events and in the registry. */
  readonly worker: string;
  /** Every kind that children may have; usually the system's own table. */
  readonly tasks: TaskTable;
  /** A retry that is due sooner waits as a delayed NAK, a later one as a schedule. Default 10 s. */
  readonly nakLimitMs?: number;
}
