import { expect, test } from 'vitest';
import { beginning, formatCursor, isAfter, parseCursor } from './cursor.ts';

test.each(['17:5', '17.2:5', '0:0', '9007199254:3:end'])('%s is read and written back', (text) => {
  expect(formatCursor(parseCursor(text))).toBe(text);
});

test.each([undefined, '', 'x', '17', ':5', '1:2:fin', '-1:2'])(
  '%s means from the beginning',
  (text) => {
    expect(parseCursor(text)).toEqual(beginning);
  },
);

test('places are ordered by message, then within it', () => {
  expect(isAfter({ seq: 2, nth: 1 }, { seq: 1, nth: 9 })).toBe(true);
  expect(isAfter({ seq: 2, nth: 2 }, { seq: 2, nth: 1 })).toBe(true);
  expect(isAfter({ seq: 2, nth: 1 }, { seq: 2, nth: 1 })).toBe(false);
});
