import { type Priority, priorities } from '@slipstream/contracts';
import { expect, test } from 'vitest';
import { type Ages, createAgeing } from './ageing.ts';

const allowanceMs = { high: 50, normal: 100, low: 200, bulk: 400 };

/** mulberry32: a die that a seed repeats. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A pool of one slot, a task a millisecond, `critical` never empty. Returns what was served, in order. */
function simulate(random: () => number, steps: number) {
  let now = 0;
  const ageing = createAgeing({ allowanceMs, now: () => now });
  const queues = new Map<Priority, number[]>(priorities.map((priority) => [priority, []]));
  const served: { priority: Priority; waitedMs: number }[] = [];
  for (; now < steps; now++) {
    queues.get('critical')?.push(now);
    for (const priority of priorities.slice(1)) {
      if (random() < 0.01) queues.get(priority)?.push(now);
    }
    if (now % 10 === 0) {
      const heads = [...queues].filter(([, queue]) => queue.length > 0);
      const ages = heads.map(([priority, [head = now]]) => [priority, now - head]);
      ageing.setAges(Object.fromEntries(ages) as Ages);
    }
    const best = priorities.find((priority) => queues.get(priority)?.length) ?? 'critical';
    const aged = ageing.choose(best);
    const priority = aged && queues.get(aged)?.length ? aged : best;
    const since = queues.get(priority)?.shift() ?? now;
    ageing.note(priority);
    served.push({ priority, waitedMs: now - since });
  }
  return { served, queues };
}

test.each([1, 2, 3, 4, 5])('nobody starves below a queue that is never empty (%i)', (seed) => {
  const { served, queues } = simulate(dice(seed), 20_000);
  for (const [priority, allowance] of Object.entries(allowanceMs)) {
    const waits = served.filter((task) => task.priority === priority).map((task) => task.waitedMs);
    expect(waits.length).toBeGreaterThan(100);
    expect(Math.min(...waits)).toBeGreaterThan(allowance * 0.9);
    const oldest = 20_000 - (queues.get(priority as Priority)?.[0] ?? 20_000);
    expect(Math.max(oldest, ...waits)).toBeLessThan(allowance * 10);
  }
});

test.each([1, 2, 3, 4, 5])(
  'aged tasks never take more than a tenth of the work above (%i)',
  (seed) => {
    const { served } = simulate(dice(seed), 20_000);
    for (let from = 0; from + 100 <= served.length; from += 7) {
      const aged = served.slice(from, from + 100).filter(({ priority }) => priority !== 'critical');
      expect(aged.length).toBeLessThanOrEqual(10);
    }
  },
);

test('the order is strict while nobody is past its allowance', () => {
  const ageing = createAgeing({ allowanceMs, now: () => 0 });
  ageing.setAges({ normal: 99, bulk: 399 });
  for (let taken = 0; taken < 100; taken++) ageing.note('critical');
  expect(ageing.choose('critical')).toBeUndefined();
});

test('the priority that is overdue by the largest factor goes first, and none above the best', () => {
  const ageing = createAgeing({ allowanceMs, now: () => 0 });
  ageing.setAges({ high: 1_000, normal: 150, bulk: 1_200 });
  for (let taken = 0; taken < 10; taken++) ageing.note('high');
  expect(ageing.choose('high')).toBe('bulk');
  expect(ageing.choose('bulk')).toBeUndefined();
});

test('what is set while it runs counts at once: off, other allowances, another share', () => {
  const ageing = createAgeing({ allowanceMs, now: () => 0 });
  ageing.setAges({ bulk: 500 });
  const earn = (tasks: number) => {
    for (let taken = 0; taken < tasks; taken++) ageing.note('critical');
    return ageing.choose('critical');
  };
  expect([ageing.active, earn(10)]).toEqual([true, 'bulk']);
  ageing.set({ enabled: false });
  expect([ageing.active, earn(0)]).toEqual([false, undefined]);
  ageing.set({ allowanceMs: { bulk: 600 } });
  expect([ageing.active, earn(0)]).toEqual([false, undefined]);
  ageing.set({ allowanceMs: { bulk: 400 }, share: 0.5 });
  ageing.choose('critical');
  ageing.note('bulk');
  expect([earn(1), earn(1)]).toEqual([undefined, 'bulk']);
});

test('ages that are older than five seconds say nothing', () => {
  let now = 0;
  const ageing = createAgeing({ allowanceMs, now: () => now });
  ageing.setAges({ bulk: 10_000 });
  for (let taken = 0; taken < 10; taken++) ageing.note('critical');
  expect(ageing.choose('critical')).toBe('bulk');
  now = 5_001;
  expect(ageing.choose('critical')).toBeUndefined();
});
