import { tasks } from '@slipstream/contracts';
import type { Recurring } from '@slipstream/tasklog';

/** What runs by itself. A new schedule is one entry; the server keeps the clock. */
export const schedules: readonly Recurring[] = [
  {
    name: 'index-upkeep',
    definition: tasks['maintain-index'],
    payload: {},
    cron: '0 */10 * * * *',
  },
];
