import { setTimeout as sleep } from 'node:timers/promises';
import type { Category } from '@slipstream/contracts';
import type { Bus } from '@slipstream/jetstream';
import type { EventLog } from './event-log.ts';
import type { TaskFilter } from './projection/list.ts';
import type { Projection } from './projection/projection.ts';
import type { TaskRow } from './projection/task-row.ts';
import { type Replayable, replayTask } from './replay.ts';

/** Which dead letters are meant: these, or all that fit. */
export type DeadLetterChoice =
  | { readonly ids: readonly string[] }
  | { readonly filter: TaskFilter; readonly perSecond?: number };

export interface DeadLetterCounts {
  readonly done: number;
  /** No dead letters (any more), or past the retention of the log. */
  readonly skipped: number;
  /** False when time was up: the same call again goes on with what is left. */
  readonly complete: boolean;
}

/** Tasks in one step. */
const STEP = 64;

type Act = (row: TaskRow) => Promise<boolean>;

/** Begins dead letters again, in steps, for `limitMs` at most. */
export const replayDeadLetters = (
  bus: Bus,
  projection: Projection,
  choice: DeadLetterChoice,
  limitMs: number,
): Promise<DeadLetterCounts> =>
  forEach(projection, choice, limitMs, async (row) => {
    const outcome = await replayTask(bus, projection, row as Replayable);
    return outcome === 'replayed';
  });

/** Takes tasks out of the dead letters, in steps, for `limitMs` at most. They stay failed. */
export const discardDeadLetters = (
  log: EventLog,
  projection: Projection,
  choice: DeadLetterChoice,
  limitMs: number,
): Promise<DeadLetterCounts> =>
  forEach(projection, choice, limitMs, async ({ id, run, category }) => {
    const at = new Date().toISOString();
    await log.append({ type: 'discarded', id, run, category: category as Category, at });
    return true;
  });

async function forEach(
  projection: Projection,
  choice: DeadLetterChoice,
  limitMs: number,
  act: Act,
): Promise<DeadLetterCounts> {
  const began = performance.now();
  const perSecond = 'filter' in choice ? choice.perSecond : undefined;
  const step = Math.min(STEP, perSecond ?? STEP);
  let done = 0;
  let skipped = 0;
  await projection.barrier();
  for await (const rows of 'ids' in choice
    ? byId(projection, choice.ids, step)
    : byFilter(projection, choice.filter, step)) {
    if (performance.now() - began > limitMs) return { done, skipped, complete: false };
    const results = await Promise.all(rows.map((row) => isDeadLetter(row) && act(row)));
    done += results.filter(Boolean).length;
    skipped += results.filter((result) => !result).length;
    if (perSecond !== undefined) {
      const dueMs = ((done + skipped) / perSecond) * 1_000;
      await sleep(Math.max(0, Math.min(dueMs, limitMs) - (performance.now() - began)));
    }
  }
  return { done, skipped, complete: true };
}

const isDeadLetter = (row: TaskRow | undefined): row is TaskRow =>
  row?.state === 'failed' && row.discarded === 0;

async function* byId(
  projection: Projection,
  ids: readonly string[],
  step: number,
): AsyncGenerator<readonly (TaskRow | undefined)[]> {
  const all = [...new Set(ids)];
  for (let from = 0; from < all.length; from += step) {
    const group = all.slice(from, from + step);
    yield await Promise.all(group.map((id) => projection.ask('task', id)));
  }
}

/** Newest first, each once: what is put back and fails meanwhile is not met again. */
async function* byFilter(
  projection: Projection,
  filter: TaskFilter,
  step: number,
): AsyncGenerator<readonly TaskRow[]> {
  let before: string | undefined;
  for (;;) {
    const rows = await projection.list({
      ...filter,
      deadLetters: true,
      limit: step,
      ...(before && { before }),
    });
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    before = last.id;
  }
}
