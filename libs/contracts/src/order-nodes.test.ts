import { expect, test } from 'vitest';
import { orderNodes } from './order-nodes.ts';

test('each node comes after those that it waits for, whatever the order of their names', () => {
  const { order, cycle } = orderNodes({
    d: { after: ['b', 'c'] },
    b: { after: ['a'] },
    c: { after: ['a', 'a'] },
    a: {},
  });
  expect(order[0]).toBe('a');
  expect(order.at(-1)).toBe('d');
  expect([...order].sort()).toEqual(['a', 'b', 'c', 'd']);
  expect(cycle).toBeUndefined();
});

test('nodes that wait for each other are named in a ring', () => {
  const { cycle } = orderNodes({
    a: {},
    b: { after: ['a', 'd'] },
    c: { after: ['b'] },
    d: { after: ['c'] },
  });
  expect(cycle?.[0]).toBe(cycle?.at(-1));
  expect([...new Set(cycle)].sort()).toEqual(['b', 'c', 'd']);
});

test('a node that waits for itself is a ring', () => {
  expect(orderNodes({ a: { after: ['a'] } }).cycle).toEqual(['a', 'a']);
});
