import {
  DIMENSIONS,
  EMBEDDED,
  HEADS,
  MAX_TOKENS,
  timingSignal,
} from '../use-lite/use-lite-layers.ts';
import type { UseLiteWeights } from '../use-lite/use-lite-weights.ts';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from './onnx-writer.ts';

/**
 * Universal Sentence Encoder lite as an ONNX graph: two transformer layers, the mean over the
 * tokens of a text, one layer with tanh. Inputs: `ids` (int64, texts x tokens), `mask` (float, 1 for
 * a token and 0 for padding), `positions` (int64, 0 to tokens - 1). Output: `vectors`, whose lengths
 * are not 1.
 *
 * The graph in TensorFlow scatters tokens to a padded batch and gathers them again around most
 * steps. Padding reaches neither another token nor the mean, so here it is carried along instead.
 */
export function useLiteGraph({ find }: UseLiteWeights): OnnxGraph {
  const nodes: OnnxNode[] = [];
  const tensors: OnnxTensor[] = [];

  const add = (
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    outputs: readonly string[] = [`${op}_${nodes.length}`],
  ): string => {
    nodes.push({ op, inputs, outputs, attributes });
    return outputs[0] ?? '';
  };
  const constant = (data: Float32Array | BigInt64Array, dims = [data.length]): string => {
    const name = `constant_${tensors.length}`;
    tensors.push({ name, dims, data });
    return name;
  };
  const integers = (...values: number[]) => constant(BigInt64Array.from(values, BigInt));
  const number = (value: number) => constant(Float32Array.of(value));
  /** A convolution of width 1 is a product of matrices: its two leading sizes are 1. */
  const weight = (ending: string) => {
    const { dims, data } = find(ending);
    return constant(data, dims.slice(-2));
  };
  const linear = (x: string, kernel: string, bias: string) =>
    add('Add', [add('MatMul', [x, weight(kernel)]), weight(bias)]);
  const layerNorm = (x: string, place: string) => {
    const part = (name: string) =>
      weight(`${place}layer_prepostprocess/layer_norm/layer_norm_${name}/ConcatPartitions/concat`);
    return add('LayerNormalization', [x, part('scale'), part('bias')], {
      axis: { int: -1 },
      epsilon: { float: 1e-6 },
    });
  };

  const frequencies = timingSignal(find('TimingSignal/ExpandDims_1').data as Float32Array);
  const embedded = add('Gather', [weight('Embeddings_en'), 'ids']);
  const timing = add('Gather', [constant(frequencies, [MAX_TOKENS, EMBEDDED]), 'positions']);
  // The original adds the embedding once with the timing signal and once more without.
  const first = add('Add', [add('Add', [embedded, embedded]), timing]);
  const masked = add('Mul', [add('Sub', ['mask', number(1)]), number(1e9)]);
  const ignorePadding = add('Unsqueeze', [masked, integers(1, 2)]);

  const attention = (x: string, place: string, size: number) => {
    const qkv = linear(
      x,
      `${place}MultiheadAttention/qkv_transform_single/kernel/part_0`,
      `${place}MultiheadAttention/qkv_transform_single/bias/ConcatPartitions/concat`,
    );
    const parts = ['query', 'key', 'value'].map((name) => `${place}${name}`);
    add('Split', [qkv], { axis: { int: 2 } }, parts);
    const shape = integers(0, 0, HEADS, size / HEADS);
    const [query = '', key = '', value = ''] = parts.map((part) => add('Reshape', [part, shape]));
    const scaled = add('Mul', [query, number((size / HEADS) ** -0.5)]);
    const scores = add('MatMul', [
      add('Transpose', [scaled], { perm: [0, 2, 1, 3] }),
      add('Transpose', [key], { perm: [0, 2, 3, 1] }),
    ]);
    const weights = add('Softmax', [add('Add', [scores, ignorePadding])], { axis: { int: -1 } });
    const mixed = add('MatMul', [weights, add('Transpose', [value], { perm: [0, 2, 1, 3] })]);
    const heads = add('Transpose', [mixed], { perm: [0, 2, 1, 3] });
    return linear(
      add('Reshape', [heads, integers(0, 0, size)]),
      `${place}MultiheadAttention/output_transform_single/kernel/part_0`,
      `${place}MultiheadAttention/output_transform_single/bias/ConcatPartitions/concat`,
    );
  };
  const convolution = (x: string, place: string, conv: string) =>
    linear(
      x,
      `${place}FFN/${conv}/Tensordot/Reshape_1`,
      `${place}FFN/${conv}/bias/ConcatPartitions/concat`,
    );
  const inner = (x: string, place: string) =>
    add('Relu', [convolution(layerNorm(x, `${place}FFN/`), place, 'conv1')]);
  const outer = (x: string, place: string) => convolution(x, place, 'conv2');

  const layer0 = 'Layer_0/TransformerLayer/';
  const widened = linear(
    first,
    `${layer0}dense/kernel/ConcatPartitions/concat`,
    `${layer0}dense/bias/ConcatPartitions/concat`,
  );
  const attended0 = attention(layerNorm(first, layer0), layer0, EMBEDDED);
  const afterAttention = add('Add', [attended0, widened]);
  const second = add('Add', [outer(inner(afterAttention, layer0), layer0), afterAttention]);

  const layer1 = 'Layer_1/TransformerLayer/';
  const attended1 = attention(layerNorm(second, layer1), layer1, DIMENSIONS);
  const last = add('Add', [attended1, second]);

  const maskRow = add('Unsqueeze', ['mask', integers(1)]);
  const count = add('ReduceSum', ['mask', integers(1)], { keepdims: { int: 1 } });
  const atLeastOne = add('Max', [count, number(1)]);
  const meanOf = (x: string) =>
    add('Div', [add('Squeeze', [add('MatMul', [maskRow, x]), integers(1)]), atLeastOne]);
  // The mean of products with a matrix is the product of their mean: one row for each text is left.
  const mean = add('Add', [outer(meanOf(inner(last, layer1)), layer1), meanOf(last)]);
  const hidden = linear(mean, 'tanh_layer_0/weights', 'tanh_layer_0/bias');
  add('Tanh', [hidden], {}, ['vectors']);

  return {
    nodes,
    tensors,
    inputs: [
      { name: 'ids', type: 'int64', shape: ['texts', 'tokens'] },
      { name: 'mask', type: 'float', shape: ['texts', 'tokens'] },
      { name: 'positions', type: 'int64', shape: ['tokens'] },
    ],
    outputs: [{ name: 'vectors', type: 'float', shape: ['texts', DIMENSIONS] }],
  };
}
