import { newId, type TaskEvent } from '@slipstream/contracts';
import { expect, test } from 'vitest';
import { type CachedRow, RowCache } from './row-cache.ts';
import { newRow } from './task-row.ts';

function entryOf(result: string): CachedRow {
  const row = { ...newRow({ id: newId(), run: 1 } as TaskEvent), result };
  return { row, characters: 0 };
}

function filled(limits: { rows: number; characters: number }, entries: readonly CachedRow[]) {
  const cache = new RowCache(limits);
  for (const entry of entries) cache.keep(entry);
  cache.trim();
  const kept = () => entries.map(({ row }) => cache.has(row.id));
  return { cache, kept };
}

test('of more rows than it may hold the first are forgotten', () => {
  const entries = Array.from({ length: 5 }, () => entryOf(''));
  const { kept } = filled({ rows: 3, characters: 1_000 }, entries);
  expect(kept()).toEqual([false, false, true, true, true]);
});

test('few rows with long results are forgotten too', () => {
  const entries = [400, 400, 400].map((length) => entryOf('x'.repeat(length)));
  const { kept } = filled({ rows: 100, characters: 1_000 }, entries);
  expect(kept()).toEqual([false, true, true]);
});

test('a row that has grown is counted with what it has now, and one that has gone not at all', () => {
  const entries = [entryOf('short'), entryOf('x'.repeat(400)), entryOf('x'.repeat(400))];
  const { cache, kept } = filled({ rows: 100, characters: 1_000 }, entries);
  const [first, second, third] = entries as [CachedRow, CachedRow, CachedRow];
  third.row.result = 'x'.repeat(700);
  cache.keep(third);
  cache.delete(second.row.id);
  cache.trim();
  expect(kept()).toEqual([true, false, true]);
  first.row.result = 'x'.repeat(400);
  cache.keep(first);
  cache.trim();
  expect(kept()).toEqual([false, false, true]);
});
