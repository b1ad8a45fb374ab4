import { bothSystems, type Measure, percentile, warmUp } from '../measure.ts';
import { openStage } from '../stage.ts';

/** From the call that adds a task to the start of its handler, nothing else being queued. */
export const latency: Measure = {
  name: 'latency',
  run(quick, flip) {
    return bothSystems(flip, async (name) => {
      await using stage = await openStage(name);
      await warmUp(stage, quick ? 1_000 : 5_000);
      const count = quick ? 50 : 300;
      await stage.worker.call('start', { slots: 10 });
      await stage.producer.call('addPaced', { count, gapMs: 10 });
      await stage.worker.call('done', count);
      const waits = await stage.worker.call('takeWaits');
      return {
        [`latency.${name}`]: percentile(waits, 0.5),
        [`latency.p99.${name}`]: percentile(waits, 0.99),
      };
    });
  },
};
