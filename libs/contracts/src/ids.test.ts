import { expect, test } from 'vitest';
import { batchIds, childId, derivedId, ID_PATTERN, newId, timeOfId } from './ids.ts';

test('ids sort in the order in which they were made, within a millisecond too', () => {
  const ids = Array.from({ length: 20_000 }, () => newId());
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test('an id tells when it was made', () => {
  expect(newId()).toMatch(new RegExp(ID_PATTERN));
  expect(timeOfId(derivedId(1_700_000_000_000, 'x'))).toBe(1_700_000_000_000);
});

test('the same parent and key give the same child, and others another', () => {
  const parent = newId();
  expect(childId(parent, 'a')).toBe(childId(parent, 'a'));
  expect(childId(parent, 'a')).not.toBe(childId(parent, 'b'));
  expect(timeOfId(childId(parent, 'a'))).toBe(timeOfId(parent));
  expect(derivedId(5, 'x')).toMatch(new RegExp(ID_PATTERN));
});

test('the ids of a batch follow from its id, and sort by their places', () => {
  const batch = newId();
  const ids = batchIds(batch, 10_000);
  expect(batchIds(batch, 10_000)).toEqual(ids);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set([...ids, ...batchIds(newId(), 10_000)]).size).toBe(20_000);
  expect(ids.every((id) => new RegExp(ID_PATTERN).test(id))).toBe(true);
});
