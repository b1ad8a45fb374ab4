import { bothSystems, cpuPerTask, drain, type Measure, percentile, warmUp } from '../measure.ts';
import { openStage } from '../stage.ts';

/** Ten slots, handlers of 5 ms: a slot comes free every half of a millisecond on average. */
const SLOTS = 10;
const SLEEP_MS = 5;
const GAP_MS = 20;

/** From the call that adds a critical task to the start of its handler, behind 10,000 bulk tasks. */
export const priority: Measure = {
  name: 'priority',
  run(quick, flip) {
    return bothSystems(flip, async (name) => {
      await using stage = await openStage(name);
      await warmUp(stage, quick ? 1_000 : 5_000);
      await stage.producer.call('addBulk', { count: 10_000, priority: 'bulk' });
      await stage.caughtUp();
      const started = 100;
      await stage.worker.call('start', { slots: SLOTS, sleepMs: SLEEP_MS, spread: true });
      await stage.worker.call('done', started);
      const count = quick ? 40 : 150;
      await stage.producer.call('addPaced', { count, gapMs: GAP_MS, priority: 'critical' });
      await stage.worker.call('done', started + count);
      const waits = await stage.worker.call('takeWaits');
      return {
        [`priority.${name}`]: percentile(waits, 0.5),
        [`priority.p99.${name}`]: percentile(waits, 0.99),
      };
    });
  },
};

/** What five priorities cost in processing: the same tasks at one level, and spread over all. */
export const fiveLevels: Measure = {
  name: 'fiveLevels',
  async run(quick, flip) {
    const count = quick ? 3_000 : 60_000;
    await using stage = await openStage('slipstream');
    await warmUp(stage, quick ? 1_000 : 10_000);
    const levels = ['one', 'five'] as const;
    const found: Record<string, number> = {};
    for (const level of flip ? levels.toReversed() : levels) {
      const spread = level === 'five' ? ('each' as const) : ('normal' as const);
      const series = `levels.${level}`;
      const cpu = await cpuPerTask(stage, series, count, async () => {
        found[series] = await drain(stage, { count, priority: spread });
      });
      Object.assign(found, cpu);
    }
    return found;
  },
};
