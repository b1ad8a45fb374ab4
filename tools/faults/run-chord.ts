import { setTimeout as sleep } from 'node:timers/promises';
import { childId, newId, type TaskEvent } from '@slipstream/contracts';
import { checkHistory, type Verdict } from './check-history.ts';
import { kinds } from './kinds.ts';
import { createDice, pick } from './random.ts';
import { startStage } from './stage.ts';
import { submitSurely } from './traffic.ts';

export interface ChordOptions {
  readonly seed: number;
  readonly children: number;
  /** At most so many processes are killed. Default: 12; they take seconds to start on a busy machine. */
  readonly kills?: number;
}

export interface ChordRun {
  readonly seed: number;
  readonly children: number;
  readonly killed: Readonly<Record<string, number>>;
  /** How the workflow ended, or `open`. */
  readonly ended: string;
  /** Runs of the join's handler. */
  readonly joinRuns: number;
  /** Ends of the join in the log. */
  readonly joinEnds: number;
  /** Results of children that are missing from what the join was given, or that it got twice. */
  readonly wrongResults: number;
  /** Runs of children's handlers beyond one each: execution is at least once. */
  readonly rerunChildren: number;
  readonly durationMs: number;
  readonly verdict: Verdict;
}

const WORKERS = 3;
const MAX_CHILD_MS = 600;
const MAX_PAUSE_MS = 3_000;
const LIMIT_MS = 120_000;
const JOIN = 'join';

/**
 * A chord over three workers, `kill -9` of the conductor's process or of a worker, at random, again
 * and again while it runs; then the verdict on its history.
 */
export async function runChord({ seed, children, kills = 12 }: ChordOptions): Promise<ChordRun> {
  await using stage = await startStage(WORKERS);
  const { bus, log, collector } = stage;
  const dice = createDice(seed);
  const keys = Array.from({ length: children }, (_, index) => String(index + 1));
  const id = newId();
  const began = performance.now();
  await submitSurely(bus, log, {
    id,
    definition: kinds['run-workflow'],
    payload: { nodes: nodesOf(keys, dice) },
  });

  let over = false;
  const ended = collector.ended(id).then(() => {
    over = true;
  });
  const killed: Record<string, number> = {};
  for (let count = 0; count < kills && performance.now() - began < LIMIT_MS; ) {
    await Promise.race([sleep(dice() * MAX_PAUSE_MS), ended]);
    if (over) break;
    // Every second one is the conductor's: it has the state that could be lost.
    const victim = dice() < 0.5 ? stage.leader : pick(dice, stage.workers);
    // One that is still starting has nothing to lose, and would never come to work.
    if (!victim.up) continue;
    await victim.kill();
    count += 1;
    killed[victim.name] = (killed[victim.name] ?? 0) + 1;
  }
  await Promise.race([ended, sleep(LIMIT_MS, undefined, { ref: false })]);
  const durationMs = Math.round(performance.now() - began);
  // Whoever was killed last has to be back, and a join that came twice would end twice by now.
  await sleep(JOIN_AGAIN_MS);

  const { events } = collector;
  const executions = stage.executions();
  const starts = executions.filter(({ phase }) => phase === 'start');
  const joinId = childId(id, JOIN);
  const childIds = new Set(keys.map((key) => childId(id, key)));
  const childStarts = starts.filter((start) => childIds.has(start.id));
  return {
    seed,
    children,
    killed,
    ended: events.find((event) => event.id === id && isEnd(event))?.type ?? 'open',
    joinRuns: starts.filter((start) => start.id === joinId).length,
    joinEnds: events.filter((event) => event.id === joinId && isEnd(event)).length,
    wrongResults: wrongResults(events, joinId, children),
    rerunChildren: childStarts.length - new Set(childStarts.map((start) => start.id)).size,
    durationMs,
    verdict: checkHistory({
      accepted: [id],
      children: [...childIds, joinId],
      events,
      executions,
      readings: await stage.readAgain(),
    }),
  };
}

/** A message that a killed worker had comes again after four seconds (`ack_wait`). */
const JOIN_AGAIN_MS = 6_000;

const isEnd = ({ type }: TaskEvent): boolean =>
  type === 'succeeded' || type === 'failed' || type === 'cancelled';

function nodesOf(keys: readonly string[], dice: () => number) {
  const squares = keys.map((key) => {
    const payload = { number: Number(key), ms: Math.floor(dice() * MAX_CHILD_MS) };
    return [key, { kind: 'square', payload }] as const;
  });
  const join = { kind: 'sum', payload: { numbers: { $result: keys } }, after: keys };
  return Object.fromEntries([...squares, [JOIN, join]]);
}

/** The sum of the squares from 1 on is known: n(n+1)(2n+1)/6. */
function wrongResults(events: readonly TaskEvent[], joinId: string, children: number): number {
  const end = events.find((event) => event.id === joinId && event.type === 'succeeded');
  const { count = 0, sum = 0 } =
    end?.type === 'succeeded' ? (end.result as { count?: number; sum?: number }) : {};
  const expected = (children * (children + 1) * (2 * children + 1)) / 6;
  return Math.abs(children - count) + (sum === expected ? 0 : 1);
}
