import { setTimeout as sleep } from 'node:timers/promises';
import { childId, newId, type TaskEvent } from '@slipstream/contracts';
import type { NatsServer } from '@slipstream/testing';
import { checkHistory, type Reading, type Verdict } from './check-history.ts';
import { kinds } from './kinds.ts';
import { createDice, pick } from './random.ts';
import { startStage } from './stage.ts';
import { startTraffic, submitSurely } from './traffic.ts';
import type { Victim } from './victim.ts';

export interface FaultOptions {
  readonly seed: number;
  readonly faults: number;
  /** The faults are spread over this time, ms. */
  readonly durationMs: number;
  /** Told of each fault when a task that was submitted after it has ended. */
  readonly onFault?: (fault: Fault) => void;
}

export interface Fault {
  readonly killed: string;
  /** From the kill to the end of a task submitted after it, ms. */
  readonly recoveryMs: number;
}

export interface FaultRun {
  readonly accepted: number;
  readonly faults: readonly Fault[];
  readonly verdict: Verdict;
}

const PER_SECOND = 40;
const WORKERS = 2;
const SETTLE_LIMIT_MS = 60_000;

/** Random traffic, `kill -9` of random processes in the middle of it, and the verdict on its history. */
export async function runFaults(options: FaultOptions): Promise<FaultRun> {
  await using stage = await startStage(WORKERS);
  const { nats, bus, log, collector } = stage;
  const victims: Pick<Victim, 'name' | 'kill'>[] = [
    ...stage.workers,
    stage.leader,
    { name: 'nats-server', kill: () => killAndRestart(nats) },
  ];

  const dice = createDice(options.seed);
  const accepted = new Map<string, number>();
  const traffic = startTraffic(bus, log, {
    dice: createDice(options.seed + 1),
    perSecond: PER_SECOND,
    accepted,
  });
  const faults: Fault[] = [];
  for (let index = 0; index < options.faults; index++) {
    await sleep((options.durationMs / options.faults) * (0.5 + dice()));
    const victim = pick(dice, victims);
    const since = performance.now();
    await victim.kill();
    const id = newId();
    await submitSurely(bus, log, { id, definition: kinds.noop, payload: {} });
    accepted.set(id, 0);
    await Promise.race([collector.ended(id), sleep(SETTLE_LIMIT_MS, undefined, { ref: false })]);
    const fault = { killed: victim.name, recoveryMs: Math.round(performance.now() - since) };
    faults.push(fault);
    options.onFault?.(fault);
  }
  await traffic.stop();

  const judge = (readings: readonly Reading[] = []): Verdict =>
    checkHistory({
      accepted: [...accepted.keys()],
      children: childrenOf(accepted, collector.events),
      events: collector.events,
      executions: stage.executions(),
      readings,
    });
  const limit = performance.now() + SETTLE_LIMIT_MS;
  while (judge().lost.length > 0 && performance.now() < limit) await sleep(200);
  const verdict = judge(await stage.readAgain());
  return { accepted: accepted.size, faults, verdict };
}

async function killAndRestart(nats: NatsServer): Promise<void> {
  await nats.kill();
  await sleep(250);
  await nats.restart();
}

/**
 * Children that must have ended: those that the log knows, and all of a parent that succeeded. One
 * that was cancelled may have released none.
 */
function childrenOf(
  accepted: ReadonlyMap<string, number>,
  events: readonly TaskEvent[],
): readonly string[] {
  const children = new Set<string>();
  for (const event of events) {
    if (event.type === 'submitted' && accepted.has(event.task.parentId ?? ''))
      children.add(event.id);
    if (event.type !== 'succeeded') continue;
    const count = accepted.get(event.id) ?? 0;
    for (let key = 0; key < count; key++) children.add(childId(event.id, String(key)));
  }
  return [...children];
}
