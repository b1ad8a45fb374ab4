import { bothSystems, type Measure, timed, warmUp } from '../measure.ts';
import { openStage } from '../stage.ts';

const COUNT = 200;
const SLOTS = 28;
const SLEEP_MS = 100;

/** 200 tasks that sleep 100 ms over 28 slots, from the call that adds them to the last outcome, as a share of the same handlers in a bare loop. */
export const sleepShare: Measure = {
  name: 'sleep',
  run(_quick, flip) {
    return bothSystems(flip, async (name) => {
      await using stage = await openStage(name);
      await warmUp(stage, 1_000);
      const ideal = await stage.worker.call('ideal', {
        count: COUNT,
        slots: SLOTS,
        sleepMs: SLEEP_MS,
      });
      await stage.worker.call('start', { slots: SLOTS, sleepMs: SLEEP_MS });
      await stage.producer.call('addBulk', { count: SLOTS });
      await stage.worker.call('done', SLOTS);
      const ms = await timed(async () => {
        await stage.producer.call('addBulk', { count: COUNT });
        await stage.worker.call('done', SLOTS + COUNT);
      });
      return { [`sleep.${name}`]: ideal / ms };
    });
  },
};
