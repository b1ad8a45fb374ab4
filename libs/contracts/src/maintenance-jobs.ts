import type { KindIn } from './kinds/index.ts';

/** Jobs of the system by their names in the API and among the schedules, and the kind of each. */
export const maintenanceJobs = {
  'index-upkeep': 'maintain-index',
  'health-snapshot': 'health-snapshot',
  'dead-letter-digest': 'dead-letter-digest',
  'clean-up': 'clean-up',
  'warm-cache': 'warm-cache',
} as const satisfies Readonly<Record<string, KindIn<'maintenance'>>>;

export type MaintenanceJob = keyof typeof maintenanceJobs;
