import { bothSystems, cpuPerTask, type Measure, perSecond, timed, warmUp } from '../measure.ts';
import { openStage } from '../stage.ts';

/** Adding, 100 calls on their way at once, while a worker with 50 slots processes. */
export const pipeline: Measure = {
  name: 'pipeline',
  run(quick, flip) {
    const count = quick ? 2_000 : 40_000;
    return bothSystems(flip, async (name) => {
      await using stage = await openStage(name);
      await warmUp(stage, quick ? 1_000 : 10_000);
      await stage.worker.call('start', { slots: 50 });
      let ms = 0;
      const cpu = await cpuPerTask(stage, `pipeline.${name}`, count, async () => {
        ms = await timed(async () => {
          await Promise.all([
            stage.producer.call('addInLanes', { count, lanes: 100 }),
            stage.worker.call('done', count),
          ]);
          await stage.caughtUp();
        });
      });
      return { [`pipeline.${name}`]: perSecond(count, ms), ...cpu };
    });
  },
};
