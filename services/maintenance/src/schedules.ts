import type { ScheduleSpec } from '@slipstream/contracts';

/** What runs by itself. A new schedule is one entry; users see it, change it and pause it. */
export const schedules: readonly (ScheduleSpec & { readonly name: string })[] = [
  {
    name: 'index-upkeep',
    cron: '*/10 * * * *',
    timezone: 'UTC',
    task: { kind: 'maintain-index', payload: {} },
    overlap: 'skip',
    catchUp: 'one',
  },
];
