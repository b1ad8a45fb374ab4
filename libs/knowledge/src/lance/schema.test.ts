import { expect, test } from 'vitest';
import { embedderOf, vectorTableName } from './schema.ts';

test.each([
  ['use-lite', 'vectors_use-lite'],
  ['BAAI/bge-small_en v1.5', 'vectors_BAAI_2fbge-small_5fen_20v1.5'],
  ['../../etc', 'vectors_.._2f.._2fetc'],
  ['модель', 'vectors__d0_bc_d0_be_d0_b4_d0_b5_d0_bb_d1_8c'],
])('the table of embedder %s is %s, and back', (id, name) => {
  expect(vectorTableName(id)).toBe(name);
  expect(embedderOf(name)).toBe(id);
});

test('ids that differ in one character only have different tables', () => {
  const names = ['a/b', 'a_b', 'a b', 'a_2fb'].map(vectorTableName);
  expect(new Set(names).size).toBe(4);
});

test('other tables belong to no embedder', () => {
  expect(embedderOf('chunks')).toBeUndefined();
});
