import { setTimeout as sleep } from 'node:timers/promises';
import { bothSystems, type Measure } from '../measure.ts';
import { openStage } from '../stage.ts';

const MIB = 1_048_576;

/** Growth of the server's resident size by queued tasks, 10 s after the last was added, per 100,000. */
export const memory: Measure = {
  name: 'memory',
  run(quick, flip) {
    const count = quick ? 10_000 : 100_000;
    return bothSystems(flip, async (name) => {
      await using stage = await openStage(name);
      const before = stage.serverBytes();
      await stage.producer.call('addBulk', { count });
      await sleep(quick ? 1_000 : 10_000);
      const grown = stage.serverBytes() - before;
      return { [`memory.${name}`]: ((grown / count) * 100_000) / MIB };
    });
  },
};
