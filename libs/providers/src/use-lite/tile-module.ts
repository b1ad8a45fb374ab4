/**
 * Writes the WebAssembly module that multiplies matrices: functions `tile1` to `tile6`, one for each
 * number of rows. The numbers are those of the WebAssembly specification, with its relaxed SIMD.
 */

/** Rows of a tile at most. Six rows of eight columns and what they are made from fill 15 registers. */
export const TILE_ROWS = 6;
export const TILE_COLUMNS = 8;
/** Steps of the common dimension in one turn of the loop: that dimension is a multiple of it. */
export const TILE_STEPS = 4;

const I32 = 0x7f;
const F32 = 0x7d;
const V128 = 0x7b;

/** Parameters of a tile: addresses, distances of rows in bytes, and the least value of the result. */
const [A, A_ROW, B, B_END, C, C_ROW, START, LEAST] = [0, 1, 2, 3, 4, 5, 6, 7];
const PARAMETERS = [I32, I32, I32, I32, I32, I32, I32, F32];

/**
 * `tile<rows>(a, aRow, b, bEnd, c, cRow, start, least)`: c = max(least, start + a x b) for so many
 * rows and eight columns. `b` holds, step by step, the eight values of its columns; `start` the eight
 * that every row begins with.
 */
export function tileModule(): Uint8Array<ArrayBuffer> {
  const sizes = Array.from({ length: TILE_ROWS }, (_, index) => index + 1);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list([[0x60, ...list(PARAMETERS.map((type) => [type])), 0]])),
    ...section(2, list([[...text('env'), ...text('memory'), 0x02, 0x00, 0x01]])),
    ...section(3, list(sizes.map(() => [0]))),
    ...section(7, list(sizes.map((rows, index) => [...text(`tile${rows}`), 0x00, index]))),
    ...section(10, list(sizes.map((rows) => sized(tile(rows))))),
  ]);
}

function tile(rows: number): number[] {
  const each = Array.from({ length: rows }, (_, row) => row);
  const rowOfA = (row: number) => PARAMETERS.length + row;
  const left = PARAMETERS.length + rows;
  const right = left + 1;
  const one = right + 1;
  const sum = (row: number, half: number) => one + 1 + row * 2 + half;
  const halves = [left, right] as const;

  const code: number[] = [...get(A), ...set(rowOfA(0))];
  for (const row of each.slice(1)) {
    code.push(...get(rowOfA(row - 1)), ...get(A_ROW), ADD, ...set(rowOfA(row)));
  }
  for (const row of each) {
    for (const half of [0, 1]) code.push(...get(START), ...load(half * 16), ...set(sum(row, half)));
  }
  code.push(LOOP, NOTHING);
  for (let step = 0; step < TILE_STEPS; step++) {
    for (const half of [0, 1]) {
      code.push(...get(B), ...load(step * 32 + half * 16), ...set(halves[half] ?? left));
    }
    for (const row of each) {
      code.push(...get(rowOfA(row)), ...loadSplat(step * 4), ...set(one));
      for (const half of [0, 1]) {
        code.push(...get(one), ...get(halves[half] ?? left), ...get(sum(row, half)));
        code.push(...MULTIPLY_ADD, ...set(sum(row, half)));
      }
    }
  }
  for (const row of each) code.push(...increase(rowOfA(row), TILE_STEPS * 4));
  code.push(...increase(B, TILE_STEPS * 32), ...get(B), ...get(B_END), LESS, BRANCH_IF, 0, END);
  code.push(...get(LEAST), ...SPLAT, ...set(one));
  for (const row of each) {
    for (const half of [0, 1]) {
      code.push(...get(C), ...get(sum(row, half)), ...get(one), ...MAX, ...store(half * 16));
    }
    code.push(...get(C), ...get(C_ROW), ADD, ...set(C));
  }
  const locals = [
    [...unsigned(rows), I32],
    [...unsigned(3 + rows * 2), V128],
  ];
  return [...list(locals), ...code, END];
}

const LOOP = 0x03;
const NOTHING = 0x40;
const END = 0x0b;
const BRANCH_IF = 0x0d;
const LESS = 0x49;
const ADD = 0x6a;
const SPLAT = [0xfd, 0x13];
const MAX = [0xfd, ...unsigned(0xeb)];
const MULTIPLY_ADD = [0xfd, ...unsigned(0x105)];

function get(local: number): number[] {
  return [0x20, ...unsigned(local)];
}

function set(local: number): number[] {
  return [0x21, ...unsigned(local)];
}

function load(offset: number): number[] {
  return [0xfd, 0x00, 2, ...unsigned(offset)];
}

function loadSplat(offset: number): number[] {
  return [0xfd, 0x09, 2, ...unsigned(offset)];
}

function store(offset: number): number[] {
  return [0xfd, 0x0b, 2, ...unsigned(offset)];
}

function increase(local: number, by: number): number[] {
  // A constant is signed: below 64 one byte, below 8,192 two.
  const constant = by < 64 ? [by] : [(by & 0x7f) | 0x80, by >> 7];
  return [...get(local), 0x41, ...constant, ADD, ...set(local)];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...sized(content)];
}

function sized(content: readonly number[]): number[] {
  return [...unsigned(content.length), ...content];
}

function list(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): number[] {
  return sized([...Buffer.from(value)]);
}

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}
