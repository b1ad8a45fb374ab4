import { type Matrices, type Matrix, roundUp } from './matrices.ts';
import { TILE_COLUMNS } from './tile-module.ts';
import { DIMENSIONS, HEADS, MAX_TOKENS } from './use-lite-layers.ts';

interface Workspace {
  /** Addresses of keys and values of one head, packed. */
  readonly keys: number;
  readonly values: number;
  readonly weights: Matrix;
}

const workspaces = new WeakMap<Matrices, Workspace>();

/**
 * Attention: what every token takes from the tokens of its own text. `qkv` has query, key and value
 * of a token in a row, each of them head by head; `lengths` says how many rows each text has.
 */
export function attend(
  matrices: Matrices,
  qkv: Matrix,
  lengths: readonly number[],
  to: Matrix,
): Matrix {
  const work = workspaceOf(matrices);
  const size = qkv.columns / 3;
  const width = size / HEADS;
  const mixed = { ...to, rows: qkv.rows, stride: size, columns: size };
  let first = 0;
  for (const rows of lengths) {
    for (let head = 0; head < HEADS; head++) {
      const partAt = (part: number): Matrix => ({
        address: qkv.address + (first * qkv.stride + part * size + head * width) * 4,
        stride: qkv.stride,
        rows,
        columns: width,
      });
      const address = mixed.address + (first * size + head * width) * 4;
      attendHead(matrices, work, [partAt(0), partAt(1), partAt(2)], { ...mixed, address, rows });
    }
    first += rows;
  }
  return mixed;
}

function attendHead(
  matrices: Matrices,
  { keys, values, weights }: Workspace,
  [query, key, value]: readonly [Matrix, Matrix, Matrix],
  to: Matrix,
): void {
  const { rows, columns: width } = query;
  const padded = roundUp(rows);
  packTransposed(matrices.values, key, keys);
  pack(matrices.values, value, values, padded);
  const scores = { ...weights, rows, stride: padded, columns: padded };
  matrices.multiply(query, { address: keys, rows: width, columns: padded }, scores);
  softmax(matrices.values, scores, rows, 1 / Math.sqrt(width));
  matrices.multiply(scores, { address: values, rows: padded, columns: width }, to);
}

/** Columns of the result are the rows of `from`: eight of them side by side. */
function packTransposed(values: Float32Array, from: Matrix, to: number): void {
  const { rows, columns, stride } = from;
  for (let row = 0; row < rows; row++) {
    const read = from.address / 4 + row * stride;
    const panel = Math.floor(row / TILE_COLUMNS);
    const write = to / 4 + panel * columns * TILE_COLUMNS + (row % TILE_COLUMNS);
    for (let i = 0; i < columns; i++) values[write + i * TILE_COLUMNS] = values[read + i] as number;
  }
}

/** Rows up to `padded` are left as they are: they are multiplied with zeros. */
function pack(values: Float32Array, from: Matrix, to: number, padded: number): void {
  const { rows, columns, stride } = from;
  for (let first = 0; first < columns; first += TILE_COLUMNS) {
    for (let row = 0; row < rows; row++) {
      const read = from.address / 4 + row * stride + first;
      const write = to / 4 + first * padded + row * TILE_COLUMNS;
      for (let i = 0; i < TILE_COLUMNS; i++) values[write + i] = values[read + i] as number;
    }
  }
}

/** In place: of every row the first `count` values become shares, the others 0. */
function softmax(values: Float32Array, scores: Matrix, count: number, scale: number): void {
  for (let row = 0; row < scores.rows; row++) {
    const from = scores.address / 4 + row * scores.stride;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const value = values[from + i] as number;
      if (value > most) most = value;
    }
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const share = Math.exp(((values[from + i] as number) - most) * scale);
      values[from + i] = share;
      sum += share;
    }
    const factor = 1 / sum;
    for (let i = 0; i < count; i++) values[from + i] = (values[from + i] as number) * factor;
    for (let i = count; i < scores.columns; i++) values[from + i] = 0;
  }
}

function workspaceOf(matrices: Matrices): Workspace {
  const known = workspaces.get(matrices);
  if (known) return known;
  const floats = MAX_TOKENS * (DIMENSIONS / HEADS);
  const fresh = {
    keys: matrices.allocate(floats),
    values: matrices.allocate(floats),
    weights: matrices.matrix(MAX_TOKENS, MAX_TOKENS),
  };
  workspaces.set(matrices, fresh);
  return fresh;
}
