import { setTimeout as sleep } from 'node:timers/promises';
import type { Adding } from './roles.ts';
import type { Stage } from './stage.ts';

/** What one measurement found in one round: series (`process.slipstream`) and value. */
export type Found = Readonly<Record<string, number>>;

export interface Measure {
  /** For `--only`. */
  readonly name: string;
  /** A long one: taken in the first round only. */
  readonly once?: boolean;
  /** `flip` is true in every other round: systems are then taken in the other order. */
  run(quick: boolean, flip: boolean): Promise<Found>;
}

/** Runs `each` for both systems one after the other, in the other order when `flip` is set. */
export async function bothSystems(
  flip: boolean,
  each: (name: 'slipstream' | 'bullmq') => Promise<Found>,
): Promise<Found> {
  const names = ['slipstream', 'bullmq'] as const;
  const found: Found[] = [];
  for (const name of flip ? names.toReversed() : names) found.push(await each(name));
  return Object.assign({}, ...found) as Found;
}

/** Tasks that no measurement counts: they compile what is hot, in every process. */
export async function warmUp(stage: Stage, count = 5_000): Promise<void> {
  await stage.producer.call('addOne', { count: Math.ceil(count / 10) });
  await stage.producer.call('addBulk', { count });
  await stage.worker.call('start', { slots: 50 });
  await stage.worker.call('done', count + Math.ceil(count / 10));
  await stage.worker.call('stop');
  await stage.caughtUp();
}

const REST_MS = 500;
const REST_SHARE = 0.05;

/** Waits until no process of the stage works any more: after a million tasks they collect garbage for seconds. */
export async function rested(stage: Stage): Promise<void> {
  const used = (): number => Object.values(stage.cpu()).reduce((sum, ms) => sum + ms, 0);
  for (let before = used(); ; ) {
    await sleep(REST_MS);
    const now = used();
    if (now - before < REST_MS * REST_SHARE) return;
    before = now;
  }
}

/** Milliseconds that `run` takes. */
export async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

export const perSecond = (count: number, ms: number): number => (count / ms) * 1_000;

/** Tasks per second from the start of one worker process on, until all that is queued is done. */
export async function drain(stage: Stage, adding: Adding): Promise<number> {
  await stage.producer.call('addBulk', adding);
  await stage.caughtUp();
  await rested(stage);
  const ms = await timed(async () => {
    await stage.worker.call('start', { slots: 50 });
    await stage.worker.call('done', adding.count);
    await stage.caughtUp();
  });
  await stage.worker.call('stop');
  return perSecond(adding.count, ms);
}

/** Microseconds of processor time per task and process that `run` took, as series. */
export async function cpuPerTask(
  stage: Stage,
  prefix: string,
  count: number,
  run: () => Promise<unknown>,
): Promise<Found> {
  const before = stage.cpu();
  await run();
  const after = stage.cpu();
  return Object.fromEntries(
    Object.entries(after).map(([role, ms]) => [
      `${prefix}.cpu.${role}`,
      ((ms - (before[role] ?? 0)) * 1_000) / count,
    ]),
  );
}

/** The value below which the share `p` (0 to 1) of the values lies. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => {
  const [low, high] = [
    percentile(values, 0.5),
    percentile(
      values.map((value) => -value),
      0.5,
    ),
  ];
  return (low - high) / 2;
};
