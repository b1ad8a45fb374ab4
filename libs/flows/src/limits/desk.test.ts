import {
  type Ask,
  claimOf,
  laneToken,
  type TaskMessage,
  type Verdict,
} from '@slipstream/contracts';
import { testTasks as tasks } from '@slipstream/testkit';
import { expect, test } from 'vitest';
import { dice } from '../../test/dice.ts';
import { Desk } from './desk.ts';

const GRACE_MS = 100;
const seeds = Array.from({ length: 30 }, (_, index) => index + 1);

interface Task {
  readonly id: string;
  readonly key: string;
  gen: number;
  where: 'queue' | 'lane' | 'running' | 'ended';
  ask: string;
}

const claimFor = (key: string, tenant?: string) => {
  const payload = { key, ms: 0 };
  const claim = claimOf(tasks.keyed, { payload, tenant } as unknown as TaskMessage);
  if (!claim) throw new Error('keyed tasks have a claim');
  return claim;
};

/** Workers that take, end, lose answers and are killed; leaders that are replaced. */
class World {
  now = 0;
  desk = new Desk(tasks, [], 0);
  stored = this.desk.holds.all();
  readonly tasks: Task[];
  readonly workers = new Map<string, { number: number; running: Set<Task> }>();
  readonly #random: () => number;
  #asks = 0;
  #seq = 0;
  #spawned = 0;

  constructor(random: () => number, count: number) {
    this.#random = random;
    this.tasks = Array.from({ length: count }, (_, index) => ({
      id: `t${index}.1`,
      key: `k${Math.floor(random() * 3)}`,
      gen: 1,
      where: 'queue',
      ask: '',
    }));
    for (let index = 0; index < 3; index++) this.spawn();
  }

  spawn(): void {
    this.workers.set(`w${++this.#spawned}`, { number: 0, running: new Set() });
  }

  /** One request: some tasks of the queue, everything that is held. */
  talk(name: string, answered: boolean): void {
    const worker = this.workers.get(name);
    if (!worker) return;
    const taken = this.tasks.filter(({ where }) => where === 'queue').slice(0, 3);
    const asks: Ask[] = taken.map(({ id, key, gen }) => {
      this.#asks += 1;
      return { ask: `${name}.${this.#asks}`, task: id, gen, claim: claimFor(key) };
    });
    worker.number += 1;
    const held = [...worker.running].map(({ ask }) => ask);
    const { number } = worker;
    const verdicts = this.desk.decide({ instance: name, number, slots: 3, held, asks }, this.now);
    this.stored = this.desk.holds.all();
    if (!answered) return;
    taken.forEach((task, index) => {
      const verdict = (verdicts as readonly Verdict[])[index]?.verdict;
      if (verdict === 'run') {
        task.where = 'running';
        task.ask = asks[index]?.ask ?? '';
        worker.running.add(task);
      } else if (verdict === 'lane') this.park(task);
    });
  }

  park(task: Task): void {
    task.where = 'lane';
    task.gen += 1;
    this.#seq += 1;
    const parked = { seq: this.#seq, task: task.id, gen: task.gen };
    this.desk.park('normal', laneToken(claimFor(task.key)), parked);
  }

  release(): void {
    const next = this.desk.release(this.now);
    const task = next && this.tasks.find(({ id }) => id === next.parked.task);
    if (!task) return;
    task.where = 'queue';
    task.gen += 1;
  }

  kill(name: string): void {
    for (const task of this.workers.get(name)?.running ?? []) task.where = 'queue';
    this.workers.delete(name);
    this.spawn();
  }

  /** Another leader: it knows what was stored, and reads the lanes anew. */
  replace(): void {
    this.desk = new Desk(tasks, this.stored, this.now);
    for (const task of this.tasks) {
      if (task.where !== 'lane') continue;
      task.gen -= 1;
      this.park(task);
    }
  }

  step(): void {
    this.now += 1;
    const names = [...this.workers.keys()];
    const name = names[Math.floor(this.#random() * names.length)] ?? '';
    const chance = this.#random();
    if (chance < 0.4) this.talk(name, true);
    else if (chance < 0.45) this.talk(name, false);
    else if (chance < 0.75) {
      const [task] = this.workers.get(name)?.running ?? [];
      if (task) {
        task.where = 'ended';
        this.workers.get(name)?.running.delete(task);
      }
    } else if (chance < 0.76) this.kill(name);
    else if (chance < 0.77) this.replace();
    else this.release();
    for (const [each, { running }] of this.workers) {
      this.desk.hear(
        each,
        [...running].map(({ ask }) => ask),
        this.now,
      );
    }
    this.desk.sweep(GRACE_MS, this.now);
  }

  mostOfOneKey(): number {
    const keys = this.tasks.filter(({ where }) => where === 'running').map(({ key }) => key);
    return Math.max(0, ...keys.map((key) => keys.filter((other) => other === key).length));
  }
}

test.each(seeds)(
  'whoever is killed or replaced and whatever is lost: one of a key at a time, and all end (%i)',
  (seed) => {
    const world = new World(dice(seed), 40);
    for (let steps = 0; steps < 100_000; steps++) {
      world.step();
      expect(world.mostOfOneKey()).toBeLessThanOrEqual(1);
      if (world.tasks.every(({ where }) => where === 'ended')) return;
    }
    expect(world.tasks.filter(({ where }) => where !== 'ended')).toEqual([]);
  },
);

const request = (asks: readonly Ask[], number = 1) => ({
  instance: 'w',
  number,
  slots: 1,
  held: [],
  asks,
});

test('a request that a later one has overtaken gets no verdict and holds nothing', () => {
  const desk = new Desk(tasks, [], 0);
  desk.decide(request([], 2), 0);
  const late = request([{ ask: 'a', task: 't.1', gen: 1, claim: claimFor('k') }], 1);
  expect(desk.decide(late, 1)).toBeUndefined();
  expect(desk.holds.size).toBe(0);
});

test('a copy of a task that is in its lane or has left it is not run', () => {
  const desk = new Desk(tasks, [], 0);
  desk.park('normal', laneToken(claimFor('k')), { seq: 1, task: 't.1', gen: 2 });
  const copy = (number: number, gen: number) =>
    desk.decide(
      request([{ ask: `a${number}`, task: 't.1', gen, claim: claimFor('k') }], number),
      1,
    );
  expect(copy(1, 1)).toMatchObject([{ verdict: 'lane' }]);
  expect(desk.release(1)?.parked.task).toBe('t.1');
  expect(copy(2, 1)).toMatchObject([{ verdict: 'lane' }]);
  expect(copy(3, 3)).toMatchObject([{ verdict: 'run' }]);
});

test('the highest priority leaves the lanes first, then the oldest', () => {
  const desk = new Desk(tasks, [], 0);
  const park = (priority: 'high' | 'low', key: string, seq: number) =>
    desk.park(priority, laneToken(claimFor(key)), { seq, task: `t${seq}.1`, gen: 2 });
  park('low', 'a', 1);
  park('high', 'b', 3);
  park('high', 'c', 2);
  const order = [1, 2, 3].map(() => desk.release(1)?.parked.seq);
  expect(order).toEqual([2, 3, 1]);
});

test('a lane that was purged holds nobody back, what came later stays', () => {
  const desk = new Desk(tasks, [], 0);
  const token = laneToken(claimFor('k'));
  for (const seq of [1, 2, 3]) desk.park('normal', token, { seq, task: `t${seq}.1`, gen: 2 });
  desk.drop(2);
  const ask = { ask: 'a', task: 't9.1', gen: 1, claim: claimFor('k') };
  expect(desk.decide(request([ask]), 1)).toMatchObject([{ verdict: 'lane' }]);
  expect(desk.release(1)?.parked.seq).toBe(3);
  expect(desk.release(1)).toBeUndefined();
});

test('a task that was cancelled in its lane takes no place in the rate from the next', () => {
  const desk = new Desk(tasks, [], 0);
  const token = laneToken({ kind: 'paced', key: '', tenant: '' });
  for (const seq of [1, 2]) desk.park('normal', token, { seq, task: `t${seq}.1`, gen: 2 });
  const gone = desk.release(1_000);
  expect(desk.release(1_000)).toBeUndefined();
  if (gone) desk.forget(token, gone.parked);
  expect(desk.release(1_000)?.parked.seq).toBe(2);
});

test('a released task that is cancelled gives its place back at once', () => {
  const desk = new Desk(tasks, [], 0);
  const token = laneToken(claimFor('k'));
  for (const seq of [1, 2]) desk.park('normal', token, { seq, task: `t${seq}.1`, gen: 2 });
  expect(desk.release(1)?.parked.task).toBe('t1.1');
  expect(desk.release(1)).toBeUndefined();
  desk.cancel('t1.1');
  expect(desk.release(1)?.parked.task).toBe('t2.1');
});
