import type { Matrices, Packed } from './matrices.ts';
import type { UseLiteWeights } from './use-lite-weights.ts';

/** Tokens that the model reads of a text; it has no position beyond. */
export const MAX_TOKENS = 128;
/** Length of its vectors. */
export const DIMENSIONS = 512;
/** Length of what stands for a token at first. */
export const EMBEDDED = 256;
/** Length of what stands for a token in the middle of a layer. */
export const INNER = 1_536;
export const HEADS = 4;

/** x times `kernel`, plus `bias`: the address of a row. */
export interface Linear {
  readonly kernel: Packed;
  readonly bias: number;
}

export interface Norm {
  readonly scale: Float32Array;
  readonly bias: Float32Array;
}

export interface Layer {
  readonly norm: Norm;
  readonly qkv: Linear;
  readonly output: Linear;
  readonly innerNorm: Norm;
  readonly inner: Linear;
  readonly outer: Linear;
}

/** The weights of the model, in the memory in which they are multiplied with. */
export function keepLayers(matrices: Matrices, { find }: UseLiteWeights) {
  const floats = (ending: string) => find(ending).data as Float32Array;
  const linear = (kernel: string, bias: string): Linear => {
    const { dims } = find(kernel);
    // A convolution of width 1 is a product of matrices: its two leading sizes are 1.
    const [rows = 0, columns = 0] = dims.slice(-2);
    return {
      kernel: matrices.keepPacked(floats(kernel), rows, columns),
      bias: matrices.keep(floats(bias)),
    };
  };
  const norm = (place: string): Norm => {
    const part = (name: string) =>
      floats(`${place}layer_prepostprocess/layer_norm/layer_norm_${name}/ConcatPartitions/concat`);
    return { scale: part('scale'), bias: part('bias') };
  };
  const layer = (number: number): Layer => {
    const place = `Layer_${number}/TransformerLayer/`;
    const concat = 'bias/ConcatPartitions/concat';
    const attention = (part: string) => {
      const name = `${place}MultiheadAttention/${part}_transform_single/`;
      return linear(`${name}kernel/part_0`, `${name}${concat}`);
    };
    const forward = (conv: string) =>
      linear(`${place}FFN/${conv}/Tensordot/Reshape_1`, `${place}FFN/${conv}/${concat}`);
    return {
      norm: norm(place),
      qkv: attention('qkv'),
      output: attention('output'),
      innerNorm: norm(`${place}FFN/`),
      inner: forward('conv1'),
      outer: forward('conv2'),
    };
  };
  const dense = 'Layer_0/TransformerLayer/dense/';
  return {
    // A copy: the weights that are packed need not stay.
    embeddings: floats('Embeddings_en').slice(),
    timing: timingSignal(floats('TimingSignal/ExpandDims_1')),
    widen: linear(`${dense}kernel/ConcatPartitions/concat`, `${dense}bias/ConcatPartitions/concat`),
    first: layer(0),
    second: layer(1),
    hidden: linear('tanh_layer_0/weights', 'tanh_layer_0/bias'),
  };
}

/** Sines, then cosines, of each position at each of the model's frequencies. */
export function timingSignal(frequencies: Float32Array): Float32Array {
  const positions = Array.from({ length: MAX_TOKENS }, (_, position) => position);
  return Float32Array.from(
    positions.flatMap((position) => {
      const angles = Array.from(frequencies, (frequency) => position * frequency);
      return [...angles.map(Math.sin), ...angles.map(Math.cos)];
    }),
  );
}
