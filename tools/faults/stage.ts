import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { finalStates } from '@slipstream/contracts';
import { type Bus, connect, provision } from '@slipstream/jetstream';
import { askTaskState, createEventLog, type EventLog, openProjection } from '@slipstream/tasklog';
import { type NatsServer, startNatsServer } from '@slipstream/testing';
import type { Execution, Reading } from './check-history.ts';
import { collectEvents, type EventCollector } from './event-collector.ts';
import { startVictim, type Victim } from './victim.ts';

/** nats-server, the processes that are to be killed, and the evidence of what happened. */
export interface Stage extends AsyncDisposable {
  readonly nats: NatsServer;
  readonly bus: Bus;
  readonly log: EventLog;
  readonly collector: EventCollector;
  readonly workers: readonly Victim[];
  readonly leader: Victim;
  /** What handlers wrote into files of their own so far. */
  executions(): Execution[];
  /**
   * Two readers that had no part in it: the projection of the leader, which was killed and went on,
   * and one made anew from the whole log.
   */
  readAgain(): Promise<Reading[]>;
}

export async function startStage(workerCount: number): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'faults-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const nats = stack.use(await startNatsServer());
  const bus = stack.use(await connect({ url: nats.url, name: 'faults' }));
  await provision(bus);
  const collector = stack.use(collectEvents(bus));
  const records: string[] = [];
  const names = Array.from({ length: workerCount }, (_, index) => `worker-${index + 1}`);
  const [leader, ...workers] = await Promise.all([
    startVictim('leader', 'leader-process.ts', (start) => [
      nats.url,
      `leader-${start}`,
      join(dir, 'leader'),
    ]),
    ...names.map((name) =>
      startVictim(name, 'worker-process.ts', (start) => {
        const file = join(dir, `${name}-${start}.jsonl`);
        records.push(file);
        return [nats.url, `${name}-${start}`, file];
      }),
    ),
  ]);
  for (const victim of [...workers, leader]) stack.use(victim);
  const all = stack.move();
  return {
    nats,
    bus,
    log: createEventLog(bus),
    collector,
    workers,
    leader,
    executions: () => records.flatMap(readRecord),
    readAgain: () => readAgain(bus, dir, collector),
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  };
}

async function readAgain(bus: Bus, dir: string, { events }: EventCollector): Promise<Reading[]> {
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
