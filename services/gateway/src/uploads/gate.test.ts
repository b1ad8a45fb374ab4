import { expect, test } from 'vitest';
import { createGate } from './gate.ts';

test('no more than the limit run at once, and all of them run', async () => {
  const gate = createGate(2);
  let running = 0;
  let most = 0;
  const results = await Promise.all(
    [1, 2, 3, 4, 5].map((number) =>
      gate(async () => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running -= 1;
        return number;
      }),
    ),
  );
  expect(results).toEqual([1, 2, 3, 4, 5]);
  expect(most).toBe(2);
});

test('one that fails makes room for the next', async () => {
  const gate = createGate(1);
  const failed = gate(async () => {
    throw new Error('no');
  });
  const next = gate(async () => 'yes');
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('yes');
});
