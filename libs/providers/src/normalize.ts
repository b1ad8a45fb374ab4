import { TerminalError } from '@slipstream/contracts';

/** The vector scaled to length 1. A vector without a direction (zero, NaN) is a TerminalError. */
export function normalize(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  if (!Number.isFinite(length) || length === 0) {
    throw new TerminalError(`a vector of length ${length} has no direction`, {
      code: 'invalid-vector',
    });
  }
  return vector.map((x) => x / length);
}
