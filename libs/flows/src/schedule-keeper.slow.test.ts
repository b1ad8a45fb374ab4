import { finalStates, type Schedule, type ScheduleSpec, subjects } from '@slipstream/contracts';
import { directLast } from '@slipstream/jetstream';
import {
  deleteSchedule,
  firingId,
  readSchedule,
  readScheduleState,
  rememberRun,
  saveSchedule,
  wakeSchedule,
} from '@slipstream/tasklog';
import { type Engine, startEngine, testTasks as tasks } from '@slipstream/testkit';
import { runPool } from '@slipstream/worker';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createScheduleKeeper } from './schedule-keeper.ts';
import { steward } from './steward.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(tasks);
});
afterAll(() => engine[Symbol.asyncDispose]());

const HOUR = 3_600_000;
const start = Date.parse('2026-01-01T00:00:00Z');
const at = (hours: number): string => new Date(start + hours * HOUR).toISOString();
const pool = () =>
  runPool(engine.parts, {
    category: 'batch',
    tasks,
    slots: 2,
    handlers: { crawl: async () => ({}), work: async () => ({}) },
  });

/** Hourly from `start` on. */
async function keep(name: string, said: Partial<ScheduleSpec & Schedule> = {}): Promise<void> {
  const schedule: Schedule = {
    name,
    cron: '@every 1h',
    timezone: 'UTC',
    task: { kind: 'work', payload: { text: name } },
    overlap: 'queue',
    catchUp: 'all',
    paused: false,
    sinceMs: start,
    createdAt: at(0),
    updatedAt: at(0),
    ...said,
  };
  const { revision } = await readSchedule(engine.bus, name);
  expect(await saveSchedule(engine.bus, 'batch', schedule, revision)).toBe(true);
}

/** Keepers at a time, until each has handled what is due to `name`. */
async function keepersAt(name: string, hours: number, keepers = 1): Promise<void> {
  const { bus, log, projection, parts } = engine;
  const now = () => start + hours * HOUR;
  const stop = new AbortController();
  const options = { bus, log, projection, tasks, logger: parts.logger, now };
  const running = Array.from({ length: keepers }, () =>
    createScheduleKeeper(options).run(stop.signal),
  );
  const handled = start + Math.floor(hours) * HOUR;
  await vi.waitFor(async () => {
    expect((await readScheduleState(bus, name)).value.lastMs).toBe(handled);
  }, 10_000);
  stop.abort();
  await Promise.all(running);
}

const history = async (name: string) => (await readScheduleState(engine.bus, name)).value.history;
const tasksOf = async (name: string) => {
  await engine.projection.barrier();
  return engine.projection.list({ tag: `schedule:${name}`, limit: 100 });
};

test('firings missed in an outage are made up for, oldest first, each as a task of its own', async () => {
  await keep('all');
  await keepersAt('all', 3.01);
  expect(await history('all')).toEqual(
    [3, 2, 1].map((hours) => ({ at: at(hours), taskId: firingId('all', start + hours * HOUR) })),
  );
  await vi.waitFor(async () => expect(await tasksOf('all')).toHaveLength(3));
  await deleteSchedule(engine.bus, 'all');
});

test('`one` runs once for an outage and says how many are left out', async () => {
  await keep('one', { catchUp: 'one' });
  await keepersAt('one', 5.5);
  expect(await history('one')).toEqual([
    { at: at(5), taskId: firingId('one', start + 5 * HOUR) },
    { at: at(4), skipped: 'missed', count: 4 },
  ]);
  await deleteSchedule(engine.bus, 'one');
});

test('`none` runs what is on time only', async () => {
  await keep('none', { catchUp: 'none' });
  await keepersAt('none', 2);
  await keepersAt('none', 4.5);
  expect(await history('none')).toEqual([
    { at: at(4), skipped: 'missed', count: 2 },
    { at: at(2), taskId: firingId('none', start + 2 * HOUR) },
    { at: at(1), skipped: 'missed', count: 1 },
  ]);
  await deleteSchedule(engine.bus, 'none');
});

test('a firing is skipped while the task before has not ended, and runs when it has', async () => {
  await keep('skip', { overlap: 'skip', catchUp: 'none' });
  await keepersAt('skip', 1);
  await keepersAt('skip', 2);
  expect(await history('skip')).toEqual([
    { at: at(2), skipped: 'overlap' },
    { at: at(1), taskId: firingId('skip', start + HOUR) },
  ]);
  await using _pool = pool();
  await engine.reaches(firingId('skip', start + HOUR), finalStates);
  await keepersAt('skip', 3);
  expect((await history('skip'))[0]).toEqual({
    at: at(3),
    taskId: firingId('skip', start + 3 * HOUR),
  });
  await deleteSchedule(engine.bus, 'skip');
});

test('three stewards at once handle no firing twice', async () => {
  await keep('crowd');
  await keepersAt('crowd', 12.01, 3);
  await vi.waitFor(async () => expect(await tasksOf('crowd')).toHaveLength(12));
  expect(await history('crowd')).toHaveLength(12);
  await deleteSchedule(engine.bus, 'crowd');
});

test('a firing whose task was submitted before a crash is remembered, and submitted no more', async () => {
  await keep('crash');
  await using _pool = pool();
  await keepersAt('crash', 1);
  const id = firingId('crash', start + HOUR);
  await engine.reaches(id);
  await engine.bus.manager.streams.purge('KV_schedules', {
    filter: '$KV.schedules.state.crash',
  });
  await keepersAt('crash', 1);
  expect(await history('crash')).toEqual([{ at: at(1), taskId: id }]);
  const row = await engine.projection.task(id);
  expect(row).toMatchObject({ state: 'succeeded', run: 1, attempt: 1 });
  await deleteSchedule(engine.bus, 'crash');
});

test('a run that a user asked for is remembered beside the firings', async () => {
  await keep('manual');
  await rememberRun(engine.bus, 'manual', 'a-task');
  await rememberRun(engine.bus, 'manual', 'a-task');
  await keepersAt('manual', 1);
  expect((await history('manual')).map(({ taskId }) => taskId)).toEqual([
    firingId('manual', start + HOUR),
    'a-task',
  ]);
  await deleteSchedule(engine.bus, 'manual');
});

test('the server fires a schedule and keeps doing so over kill -9 of itself', async () => {
  const { bus, log, projection, parts } = engine;
  await using _pool = pool();
  await keep('tick', { cron: '* * * * * *', catchUp: 'none', sinceMs: Date.now() });
  const subject = subjects.schedule('batch', 'tick');
  expect((await directLast(bus, 'SCHED', subject))?.header('Nats-Schedule')).toBe('* * * * * *');
  const stop = new AbortController();
  const running = steward({ bus, log, projection, tasks, logger: parts.logger }, stop.signal);
  const ended = async () => {
    const found = await projection.list({ tag: 'schedule:tick', state: 'succeeded', limit: 100 });
    return found.length;
  };
  await vi.waitFor(async () => expect(await ended()).toBeGreaterThanOrEqual(2), 8_000);
  await engine.nats.kill();
  await engine.nats.restart();
  const before = await ended();
  await vi.waitFor(async () => expect(await ended()).toBeGreaterThanOrEqual(before + 2), 15_000);
  await deleteSchedule(bus, 'tick');
  expect(await directLast(bus, 'SCHED', subject)).toBeUndefined();
  stop.abort();
  await running;
  const all = await tasksOf('tick');
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
});

test('a clock that the server has lost is set again', async () => {
  const { bus, log, projection, parts } = engine;
  await keep('lost', { sinceMs: Date.now() });
  const subject = subjects.schedule('batch', 'lost');
  await bus.manager.streams.purge('SCHED', { filter: subject });
  const stop = new AbortController();
  const running = steward({ bus, log, projection, tasks, logger: parts.logger }, stop.signal);
  await wakeSchedule(bus, 'batch', 'lost');
  await vi.waitFor(async () => {
    expect((await directLast(bus, 'SCHED', subject))?.header('Nats-Schedule')).toBe('@every 1h');
  });
  stop.abort();
  await running;
  await deleteSchedule(bus, 'lost');
});
