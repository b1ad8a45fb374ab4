import { bothSystems, cpuPerTask, drain, type Found, type Measure, warmUp } from '../measure.ts';
import { openStage, type StageOptions, type SystemName } from '../stage.ts';

/**
 * Processing tasks that do nothing, 50 in hand, one worker process. For Slipstream state and result
 * are recorded and its projection has caught up before the clock stops; it is taken without and
 * with telemetry. The ceiling is JetStream's pull and ack alone.
 */
export const processing: Measure = {
  name: 'process',
  async run(quick, flip) {
    const drained = async (name: SystemName, series: string, options?: StageOptions) => {
      const count = quick ? 3_000 : 60_000;
      await using stage = await openStage(name, options);
      await warmUp(stage, quick ? 1_000 : 10_000);
      let rate = 0;
      const cpu = await cpuPerTask(stage, series, count, async () => {
        rate = await drain(stage, { count });
      });
      return { [series]: rate, ...cpu } as Found;
    };
    return {
      ...(await bothSystems(flip, (name) =>
        drained(name, `process.${name}`, { telemetry: false }),
      )),
      ...(await drained('slipstream', 'process.telemetry')),
      ...(await drained('raw', 'process.raw')),
    };
  },
};
