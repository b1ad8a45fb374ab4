import type { Matrices, Matrix } from './matrices.ts';
import type { Norm } from './use-lite-layers.ts';

const EPSILON = 1e-6;

/** Every row with mean 0 and variance 1, scaled and moved. */
export function normalizeRows(
  { values }: Matrices,
  from: Matrix,
  { scale, bias }: Norm,
  to: Matrix,
): Matrix {
  const { columns, rows } = from;
  for (let row = 0; row < rows; row++) {
    const read = from.address / 4 + row * from.stride;
    const write = to.address / 4 + row * columns;
    let sum = 0;
    for (let i = 0; i < columns; i++) sum += values[read + i] as number;
    const mean = sum / columns;
    let squares = 0;
    for (let i = 0; i < columns; i++) squares += ((values[read + i] as number) - mean) ** 2;
    const factor = 1 / Math.sqrt(squares / columns + EPSILON);
    for (let i = 0; i < columns; i++) {
      const value = ((values[read + i] as number) - mean) * factor;
      values[write + i] = value * (scale[i] as number) + (bias[i] as number);
    }
  }
  return { ...to, rows, stride: columns, columns };
}

/** Adds one matrix to another of the same size, without gaps. */
export function add({ values }: Matrices, more: Matrix, to: Matrix): void {
  const [read, write] = [more.address / 4, to.address / 4];
  const count = to.rows * to.columns;
  for (let i = 0; i < count; i++) {
    values[write + i] = (values[write + i] as number) + (values[read + i] as number);
  }
}

/** The mean of the first so many rows, of the next so many, and so on: a row each, elsewhere. */
export function meanOf(
  { values }: Matrices,
  from: Matrix,
  lengths: readonly number[],
  to: Matrix,
): Matrix {
  const { columns } = from;
  const sum = new Float64Array(columns);
  let read = from.address / 4;
  for (const [text, length] of lengths.entries()) {
    sum.fill(0);
    for (let row = 0; row < length; row++) {
      for (let i = 0; i < columns; i++) sum[i] = (sum[i] as number) + (values[read + i] as number);
      read += from.stride;
    }
    const write = to.address / 4 + text * columns;
    for (let i = 0; i < columns; i++) values[write + i] = (sum[i] as number) / Math.max(1, length);
  }
  return { ...to, rows: lengths.length, stride: columns, columns };
}
