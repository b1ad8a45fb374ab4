import { type Measure, median, perSecond, rested, timed, warmUp } from '../measure.ts';
import { openStage, type Stage } from '../stage.ts';

const PARTS = 5;

/** Throughput with a million tasks queued, and with ten thousand: parts of 10,000 tasks each. */
export const deep: Measure = {
  name: 'deep',
  once: true,
  async run(quick) {
    const part = quick ? 1_000 : 10_000;
    const depth = quick ? 20_000 : 1_000_000;
    await using stage = await openStage('slipstream');
    await warmUp(stage, part);
    const shallow: number[] = [];
    for (let index = 0; index < PARTS; index++) {
      await stage.producer.call('addBulk', { count: part });
      shallow.push(await takePart(stage, part));
    }
    await stage.producer.call('addBulk', { count: depth });
    const below: number[] = [];
    for (let index = 0; index < PARTS; index++) below.push(await takePart(stage, part));
    return { 'deep.shallow': median(shallow), 'deep.deep': median(below) };
  },
};

/** The first tenth starts the pool and is not counted. */
async function takePart(stage: Stage, count: number): Promise<number> {
  await stage.caughtUp();
  await rested(stage);
  const uncounted = count / 10;
  await stage.worker.call('start', { slots: 50 });
  await stage.worker.call('done', uncounted);
  const ms = await timed(async () => {
    await stage.worker.call('done', count);
    await stage.caughtUp();
  });
  await stage.worker.call('stop');
  return perSecond(count - uncounted, ms);
}
