import { TILE_COLUMNS, TILE_ROWS, tileModule } from './tile-module.ts';
import { webAssembly } from './web-assembly.ts';

/** A matrix in the memory of `Matrices`, row by row. */
export interface Matrix {
  /** Of its first value, bytes. */
  readonly address: number;
  /** Values from the start of a row to the start of the next. */
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
}

/** A matrix to multiply with: eight columns after eight columns, each of those row by row. */
export interface Packed {
  readonly address: number;
  readonly rows: number;
  readonly columns: number;
}

type Tile = (
  a: number,
  aRow: number,
  b: number,
  bEnd: number,
  c: number,
  cRow: number,
  start: number,
  least: number,
) => void;

const PAGE = 65_536;

/** Matrices of floats in the memory of a WebAssembly module that multiplies them, four values at once. */
export class Matrices {
  readonly #memory = new webAssembly.Memory({ initial: 1 });
  readonly #tiles: readonly Tile[];
  readonly #zeros: number;
  #end = 64;
  #values = new Float32Array(this.#memory.buffer);

  constructor() {
    const imports = { env: { memory: this.#memory } };
    const { exports } = new webAssembly.Instance(new webAssembly.Module(tileModule()), imports);
    this.#tiles = Array.from({ length: TILE_ROWS }, (_, i) => exports[`tile${i + 1}`] as Tile);
    this.#zeros = this.keep(new Float32Array(2_048));
  }

  /** All of the memory. Another one after `allocate` and what calls it. */
  get values(): Float32Array {
    return this.#values;
  }

  /** Address of room for so many floats. It is never given back. */
  allocate(floats: number): number {
    const address = this.#end;
    this.#end += Math.ceil(floats / 16) * 64;
    const missing = this.#end - this.#memory.buffer.byteLength;
    if (missing > 0) {
      this.#memory.grow(Math.ceil(missing / PAGE));
      this.#values = new Float32Array(this.#memory.buffer);
    }
    return address;
  }

  /** Address of a copy of these values. */
  keep(values: Float32Array): number {
    const address = this.allocate(values.length);
    this.#values.set(values, address / 4);
    return address;
  }

  matrix(rows: number, columns: number): Matrix {
    return { address: this.allocate(rows * columns), stride: columns, rows, columns };
  }

  /** A copy of these values, row by row, to multiply with. Columns: a multiple of 8, rows: of 4. */
  keepPacked(values: Float32Array, rows: number, columns: number): Packed {
    const packed = { address: this.allocate(rows * columns), rows, columns };
    let to = packed.address / 4;
    for (let first = 0; first < columns; first += TILE_COLUMNS) {
      for (let row = 0; row < rows; row++) {
        const from = row * columns + first;
        this.#values.set(values.subarray(from, from + TILE_COLUMNS), to);
        to += TILE_COLUMNS;
      }
    }
    return packed;
  }

  /**
   * c = a x b, plus `start`, the address of a row of values, and not below `least`. The columns of
   * `a` are the rows of `b`.
   */
  multiply(
    a: Matrix,
    b: Packed,
    c: Matrix,
    start = this.#zeros,
    least = Number.NEGATIVE_INFINITY,
  ): void {
    const panel = b.rows * TILE_COLUMNS * 4;
    const [aRow, cRow] = [a.stride * 4, c.stride * 4];
    for (let first = 0; first < b.columns; first += TILE_COLUMNS) {
      const from = b.address + (first / TILE_COLUMNS) * panel;
      for (let row = 0; row < a.rows; row += TILE_ROWS) {
        const tile = this.#tiles[Math.min(TILE_ROWS, a.rows - row) - 1];
        const to = c.address + row * cRow + first * 4;
        tile?.(
          a.address + row * aRow,
          aRow,
          from,
          from + panel,
          to,
          cRow,
          start + first * 4,
          least,
        );
      }
    }
  }
}

/** The next number of rows, or of columns, that can be multiplied with. */
export const roundUp = (size: number): number => Math.ceil(size / TILE_COLUMNS) * TILE_COLUMNS;
