import { type MaintenanceJob, maintenanceJobs, type ScheduleSpec } from '@slipstream/contracts';

/** When each job runs by itself, UTC. */
const crons: Readonly<Record<MaintenanceJob, string>> = {
  'index-upkeep': '*/10 * * * *',
  'health-snapshot': '*/5 * * * *',
  'dead-letter-digest': '0 6 * * *',
  'clean-up': '30 * * * *',
  'warm-cache': '7-59/20 * * * *',
};

/** What runs by itself. Users see it, change it and pause it. */
export const schedules: readonly (ScheduleSpec & { readonly name: string })[] = Object.entries(
  maintenanceJobs,
).map(([name, kind]) => ({
  name,
  cron: crons[name as MaintenanceJob],
  timezone: 'UTC',
  task: { kind, payload: {} },
  overlap: 'skip',
  catchUp: 'one',
}));
