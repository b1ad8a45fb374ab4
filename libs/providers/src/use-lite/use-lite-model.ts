import { attend } from './attend.ts';
import { Matrices, type Matrix } from './matrices.ts';
import { add, meanOf, normalizeRows } from './row-steps.ts';
import {
  DIMENSIONS,
  EMBEDDED,
  INNER,
  keepLayers,
  type Layer,
  type Linear,
  MAX_TOKENS,
} from './use-lite-layers.ts';
import type { UseLiteWeights } from './use-lite-weights.ts';

/** Turns the tokens of texts into vectors, whose lengths are not 1. */
export type UseLiteModel = (texts: readonly (readonly number[])[]) => Float32Array[];

/**
 * Universal Sentence Encoder lite: two transformer layers, the mean over the tokens of a text, one
 * layer with tanh. The tokens of all texts lie in one matrix, one beneath the other, without padding:
 * a text costs what its own tokens cost.
 */
export function createUseLiteModel(weights: UseLiteWeights): UseLiteModel {
  const matrices = new Matrices();
  const { embeddings, timing, widen, first, second, hidden } = keepLayers(matrices, weights);
  let room = roomFor(4 * MAX_TOKENS);

  function roomFor(tokens: number) {
    const of = (columns: number) => matrices.matrix(tokens, columns);
    return {
      tokens,
      small: of(EMBEDDED),
      normed: of(DIMENSIONS),
      wide: of(INNER),
      x: of(DIMENSIONS),
      sum: of(DIMENSIONS),
      means: of(INNER),
    };
  }

  function apply({ kernel, bias }: Linear, a: Matrix, to: Matrix, least?: number): Matrix {
    const c = { ...to, rows: a.rows, stride: kernel.columns, columns: kernel.columns };
    matrices.multiply(a, kernel, c, bias, least);
    return c;
  }

  return (texts) => {
    const tokens = texts.map((text) => text.slice(0, MAX_TOKENS));
    const lengths = tokens.map(({ length }) => length);
    const rows = Math.max(
      texts.length,
      lengths.reduce((sum, length) => sum + length, 0),
    );
    if (rows > room.tokens) room = roomFor(Math.max(rows, 2 * room.tokens));
    const { small, normed, wide, x, sum, means } = room;

    const embedded = { ...small, rows: lookUp(tokens, small) };
    const state = apply(widen, embedded, x);
    attention(first, normalizeRows(matrices, embedded, first.norm, normed), small);
    const forward = apply(
      first.inner,
      normalizeRows(matrices, state, first.innerNorm, normed),
      wide,
      0,
    );
    add(matrices, apply(first.outer, forward, sum), state);
    attention(second, normalizeRows(matrices, state, second.norm, normed), normed);
    const last = apply(
      second.inner,
      normalizeRows(matrices, state, second.innerNorm, normed),
      wide,
      0,
    );
    // The mean of products with a matrix is the product of their mean: one row for each text is left.
    const read = apply(second.outer, meanOf(matrices, last, lengths, means), sum);
    add(matrices, meanOf(matrices, state, lengths, normed), read);
    for (const [row, length] of lengths.entries()) {
      // No token: the mean of nothing is nothing, without what a layer adds to every token.
      if (length === 0) valuesOf(read, row).fill(0);
    }
    const vectors = apply(hidden, read, x);
    return texts.map((_, row) => valuesOf(vectors, row).map(Math.tanh));

    function attention({ qkv, output }: Layer, of: Matrix, mixed: Matrix): void {
      const all = apply(qkv, of, wide);
      add(matrices, apply(output, attend(matrices, all, lengths, mixed), sum), state);
    }
  };

  /** Writes what stands for each token, and returns how many there are. */
  function lookUp(tokens: readonly (readonly number[])[], to: Matrix): number {
    const { values } = matrices;
    let at = to.address / 4;
    for (const text of tokens) {
      for (const [position, token] of text.entries()) {
        const [from, time] = [token * EMBEDDED, position * EMBEDDED];
        for (let column = 0; column < EMBEDDED; column++) {
          // The original adds the embedding once with the timing signal and once more without.
          values[at + column] = 2 * (embeddings[from + column] ?? 0) + (timing[time + column] ?? 0);
        }
        at += EMBEDDED;
      }
    }
    return (at - to.address / 4) / EMBEDDED;
  }

  function valuesOf({ address, stride, columns }: Matrix, row: number): Float32Array {
    const from = address / 4 + row * stride;
    return matrices.values.subarray(from, from + columns);
  }
}
