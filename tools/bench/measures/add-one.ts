import { bothSystems, cpuPerTask, type Measure, perSecond, timed, warmUp } from '../measure.ts';
import { openStage, type SystemName } from '../stage.ts';

/**
 * Adding one after the other, each acknowledged before the next. The ceiling is JetStream's
 * acknowledged publication alone.
 */
export const addOne: Measure = {
  name: 'addOne',
  async run(quick, flip) {
    const count = quick ? 500 : 15_000;
    const added = async (name: SystemName) => {
      await using stage = await openStage(name);
      await warmUp(stage);
      let ms = 0;
      const cpu = await cpuPerTask(stage, `addOne.${name}`, count, async () => {
        ms = await timed(() => stage.producer.call('addOne', { count }));
      });
      return { [`addOne.${name}`]: perSecond(count, ms), ...cpu };
    };
    return { ...(await bothSystems(flip, added)), ...(await added('raw')) };
  },
};
