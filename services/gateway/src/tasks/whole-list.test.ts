import { expect, test } from 'vitest';
import { pageOfWhole } from './whole-list.ts';

const names = ['a "b"', 'c', 'd', 'e', 'f'];
const page = (all: readonly string[], cursor?: string | null) =>
  pageOfWhole(all, (name) => name, { limit: 2, ...(cursor && { cursor }) });

test('page by page every item comes once', () => {
  const first = page(names);
  const second = page(names, first.nextCursor);
  const third = page(names, second.nextCursor);
  expect([first, second, third].map(({ items }) => items)).toEqual([
    ['a "b"', 'c'],
    ['d', 'e'],
    ['f'],
  ]);
  expect(third.nextCursor).toBeNull();
});

test('what comes or goes between two pages moves nothing else', () => {
  const { nextCursor } = page(names);
  expect(page(['new', ...names], nextCursor).items).toEqual(['d', 'e']);
  expect(page(['a "b"', 'd', 'e', 'f'], nextCursor).items).toEqual(['d', 'e']);
});

test('a cursor that nobody gave is refused', () => {
  expect(() => page(names, 'abc')).toThrow('The cursor is not one of ours.');
});
