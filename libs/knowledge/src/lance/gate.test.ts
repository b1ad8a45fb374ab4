import { expect, test } from 'vitest';
import { createGate } from './gate.ts';

test('no more jobs run at once than there are slots, in the order in which they came', async () => {
  const gate = createGate(2);
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const jobs = Array.from({ length: 9 }, (_, nth) =>
    gate(async () => {
      order.push(nth);
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running -= 1;
      return nth * 2;
    }),
  );
  expect(await Promise.all(jobs)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16]);
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(most).toBe(2);
});

test('a job that fails gives its slot back', async () => {
  const gate = createGate(1);
  await expect(gate(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate(async () => 'next')).toBe('next');
});
