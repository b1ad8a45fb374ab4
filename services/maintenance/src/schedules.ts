import {
  jobPayloads,
  type MaintenanceJob,
  maintenanceJobs,
  type ScheduleSpec,
} from '@slipstream/contracts';

/** When each job runs by itself, UTC; undefined: only when it is asked for. */
const crons: Readonly<Record<MaintenanceJob, string | undefined>> = {
  'index-upkeep': '*/10 * * * *',
  'health-snapshot': '*/5 * * * *',
  'dead-letter-digest': '0 6 * * *',
  'clean-up': '30 * * * *',
  retention: '45 3 * * *',
  're-embed': undefined,
  're-index': undefined,
  'full-crawl': '0 2 * * SUN',
  'delta-crawl': '0 3 * * MON-SAT',
  'stuck-tasks': '*/15 * * * *',
  'warm-cache': '7-59/20 * * * *',
};

/** What runs by itself. Users see it, change it and pause it. */
export const schedules: readonly (ScheduleSpec & { readonly name: string })[] = Object.entries(
  maintenanceJobs,
).flatMap(([name, kind]) => {
  const cron = crons[name as MaintenanceJob];
  if (cron === undefined) return [];
  const task = { kind, payload: { ...jobPayloads[name as MaintenanceJob] } };
  return [{ name, cron, timezone: 'UTC', task, overlap: 'skip', catchUp: 'one' }];
});
