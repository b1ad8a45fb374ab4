import { expect, test } from 'vitest';
import { Matrices } from './matrices.ts';

/** Different values of both signs, of which none is round. */
const valuesOf = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 7));

function product(a: Float32Array, b: Float32Array, rows: number, steps: number, columns: number) {
  return Float32Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let i = 0; i < steps; i++) {
      sum += (a[row * steps + i] ?? 0) * (b[i * columns + column] ?? 0);
    }
    return sum;
  });
}

function multiply(rows: number, steps: number, columns: number, start = 0, least?: number) {
  const [left, right] = [valuesOf(rows * steps), valuesOf(steps * columns).reverse()];
  const matrices = new Matrices();
  const packed = matrices.keepPacked(right, steps, columns);
  const begin = matrices.keep(new Float32Array(columns).fill(start));
  const [a, c] = [matrices.matrix(rows, steps), matrices.matrix(rows, columns)];
  matrices.values.set(left, a.address / 4);
  matrices.multiply(a, packed, c, begin, least);
  const got = matrices.values.slice(c.address / 4, c.address / 4 + rows * columns);
  return { got, wanted: product(left, right, rows, steps, columns) };
}

const nearest = (got: Float32Array, wanted: Float32Array) =>
  got.reduce((most, value, at) => Math.max(most, Math.abs(value - (wanted[at] ?? 0))), 0);

test.each([
  [1, 4, 8],
  [5, 8, 16],
  [6, 64, 24],
  [128, 512, 40],
  [13, 1_536, 8],
])('%i rows by %i, times %i columns, is what a loop says', (rows, steps, columns) => {
  const { got, wanted } = multiply(rows, steps, columns);
  expect(nearest(got, wanted)).toBeLessThan(1e-4);
});

test('every row begins with the given values, and none is below the least', () => {
  const { got, wanted } = multiply(7, 16, 8, 0.5, 0);
  const expected = wanted.map((value) => Math.max(0, value + 0.5));
  expect(nearest(got, expected)).toBeLessThan(1e-5);
  expect(Math.min(...got)).toBe(0);
});

test('memory that grows keeps what was there', () => {
  const matrices = new Matrices();
  const address = matrices.keep(valuesOf(100));
  matrices.allocate(1_000_000);
  expect(matrices.values.slice(address / 4, address / 4 + 100)).toEqual(valuesOf(100));
});
