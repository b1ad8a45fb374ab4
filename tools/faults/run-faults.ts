import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childId, finalStates, newId, type TaskEvent } from '@slipstream/contracts';
import { type Bus, connect, provision } from '@slipstream/jetstream';
import { askTaskState, createEventLog, openProjection } from '@slipstream/tasklog';
import { startNatsServer } from '@slipstream/testing';
import { checkHistory, type Execution, type Reading, type Verdict } from './check-history.ts';
import { collectEvents } from './event-collector.ts';
import { kinds } from './kinds.ts';
import { createDice, pick } from './random.ts';
import { startTraffic, submitSurely } from './traffic.ts';
import { startVictim, type Victim } from './victim.ts';

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
const WORKERS = ['worker-1', 'worker-2'];
const SETTLE_LIMIT_MS = 60_000;

/** Random traffic, `kill -9` of random processes in the middle of it, and the verdict on its history. */
export async function runFaults(options: FaultOptions): Promise<FaultRun> {
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'faults-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const nats = stack.use(await startNatsServer());
  const bus = stack.use(await connect({ url: nats.url, name: 'faults' }));
  await provision(bus);
  const log = createEventLog(bus);
  const collector = stack.use(collectEvents(bus));
  const records: string[] = [];
  const workers = WORKERS.map((name) =>
    startVictim(name, 'worker-process.ts', (start) => {
      const file = join(dir, `${name}-${start}.jsonl`);
      records.push(file);
      return [nats.url, `${name}-${start}`, file];
    }),
  );
  const leader = startVictim('leader', 'leader-process.ts', (start) => [
    nats.url,
    `leader-${start}`,
    join(dir, 'leader'),
  ]);
  const victims: Pick<Victim, 'name' | 'kill'>[] = [
    ...(await Promise.all([...workers, leader])).map((victim) => stack.use(victim)),
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
      executions: records.flatMap(readRecord),
      readings,
    });
  const limit = performance.now() + SETTLE_LIMIT_MS;
  while (judge().lost.length > 0 && performance.now() < limit) await sleep(200);
  const verdict = judge(await readAgain(bus, dir, collector.events));
  return { accepted: accepted.size, faults, verdict };
}

async function killAndRestart(nats: Awaited<ReturnType<typeof startNatsServer>>): Promise<void> {
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

/**
 * Two readers that had no part in it: the projection of the leader, which was killed and went on,
 * and one made anew from the whole log.
 */
async function readAgain(bus: Bus, dir: string, events: readonly TaskEvent[]): Promise<Reading[]> {
  const readings: Reading[] = [];
  await using projection = await openProjection(bus, { dir, name: 'afterwards' });
  await projection.barrier();
  for (const id of new Set(events.map((event) => event.id))) {
    for (const found of [await projection.task(id), await answerOfLeader(bus, id)]) {
      if (!found) throw new Error(`a projection does not know ${id}, which is in the log`);
      if (finalStates.has(found.state)) readings.push({ id, run: found.run, state: found.state });
    }
  }
  return readings;
}

/** The leader may have been killed a moment ago: it is asked until it is back. */
async function answerOfLeader(bus: Bus, id: string) {
  for (let tries = 0; tries < 100; tries++) {
    const known = await askTaskState(bus, id);
    if (known) return known;
    await sleep(200);
  }
  return undefined;
}

const readRecord = (file: string): Execution[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Execution)
    : [];
