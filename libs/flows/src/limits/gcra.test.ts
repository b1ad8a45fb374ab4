import { expect, test } from 'vitest';
import { dice } from '../../test/dice.ts';
import { Gcra } from './gcra.ts';

const INTERVAL_MS = 100;
const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

/** Tasks that come at random and come back, up to 40 ms late, when they were told to. */
function simulate(random: () => number, count: number) {
  const gcra = new Gcra(0);
  const due = Array.from({ length: count }, (_, index) => ({
    task: `t${index}`,
    at: Math.floor(random() * count * 60),
    turnedAway: 0,
  }));
  const starts: number[] = [];
  const turns: number[] = [];
  for (;;) {
    due.sort((a, b) => a.at - b.at);
    const next = due.shift();
    if (!next) return { starts, turns };
    const at = gcra.ask('m', next.task, INTERVAL_MS, next.at);
    if (at <= next.at) {
      starts.push(next.at);
      turns.push(next.turnedAway);
    } else
      due.push({ ...next, at: at + Math.floor(random() * 40), turnedAway: next.turnedAway + 1 });
    gcra.prune(next.at);
  }
}

test.each(seeds)('no window of a second has more than ten starts at ten a second (%i)', (seed) => {
  const { starts } = simulate(dice(seed), 200);
  expect(starts).toHaveLength(200);
  for (const from of starts) {
    const inWindow = starts.filter((at) => at >= from && at < from + 1_000);
    expect(inWindow.length).toBeLessThanOrEqual(10);
  }
});

test('who comes back at its time is turned away once, however many wait', () => {
  const gcra = new Gcra(-INTERVAL_MS);
  const times = Array.from({ length: 50 }, (_, index) =>
    gcra.ask('m', `t${index}`, INTERVAL_MS, 0),
  );
  expect(times).toEqual(Array.from({ length: 50 }, (_, index) => index * INTERVAL_MS));
  for (const [index, at] of times.entries()) {
    if (index > 0) expect(gcra.ask('m', `t${index}`, INTERVAL_MS, at)).toBe(at);
  }
});

test('a meter nobody knows yet counts as used when counting began', () => {
  const gcra = new Gcra(1_000);
  expect(gcra.ask('m', 'a', INTERVAL_MS, 1_001)).toBe(1_100);
  expect(gcra.ask('m', 'a', INTERVAL_MS, 1_100)).toBe(1_100);
});

test('meters do not hold each other', () => {
  const gcra = new Gcra(-INTERVAL_MS);
  expect(gcra.ask('a', 't1', INTERVAL_MS, 0)).toBe(0);
  expect(gcra.ask('b', 't2', INTERVAL_MS, 0)).toBe(0);
});
