import { bothSystems, cpuPerTask, type Measure, perSecond, timed, warmUp } from '../measure.ts';
import { openStage } from '../stage.ts';

/** Adding in groups of 1,000, one group after the other. */
export const addBulk: Measure = {
  name: 'addBulk',
  run(quick, flip) {
    const count = quick ? 5_000 : 100_000;
    return bothSystems(flip, async (name) => {
      await using stage = await openStage(name);
      await warmUp(stage, quick ? 1_000 : 10_000);
      let ms = 0;
      const cpu = await cpuPerTask(stage, `addBulk.${name}`, count, async () => {
        ms = await timed(() => stage.producer.call('addBulk', { count }));
      });
      return { [`addBulk.${name}`]: perSecond(count, ms), ...cpu };
    });
  },
};
