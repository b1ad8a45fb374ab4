import type { Kind } from './kinds/index.ts';

/** Jobs of the system by their names in the API and among the schedules, and the kind of each. Not all are scheduled. */
export const maintenanceJobs = {
  'index-upkeep': 'maintain-index',
  'health-snapshot': 'health-snapshot',
  'dead-letter-digest': 'dead-letter-digest',
  'clean-up': 'clean-up',
  'warm-cache': 'warm-cache',
  retention: 'retention',
  're-embed': 're-embed',
  're-index': 're-index',
  'full-crawl': 'recrawl',
  'delta-crawl': 'recrawl',
  'stuck-tasks': 'sweep-stuck',
} as const satisfies Readonly<Record<string, Kind>>;

export type MaintenanceJob = keyof typeof maintenanceJobs;

/** What tells jobs of one kind apart. */
export const jobPayloads: Readonly<Partial<Record<MaintenanceJob, object>>> = {
  'full-crawl': { scope: 'full' },
  'delta-crawl': { scope: 'delta' },
};
