import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DIMENSIONS, MAX_TOKENS } from '../src/use-lite/use-lite-layers.ts';
import { readUseLiteWeights, type UseLiteWeights } from '../src/use-lite/use-lite-weights.ts';
import type { OnnxGraph, OnnxNode } from '../src/use-lite-onnx/onnx-writer.ts';
import { writeOnnx } from '../src/use-lite-onnx/onnx-writer.ts';
import { useLiteGraph } from '../src/use-lite-onnx/use-lite-graph.ts';

/**
 * Writes the model of the bundled embedder as Hugging Face exports one: the same weights, its pieces
 * as a unigram tokenizer, and the inputs and the output that such models have.
 */
export async function writeUseLiteFolder(folder: string): Promise<void> {
  const weights = await readUseLiteWeights();
  const files = {
    'config.json': { hidden_size: DIMENSIONS, max_position_embeddings: MAX_TOKENS },
    'tokenizer.json': tokenizerOf(weights),
    'tokenizer_config.json': { tokenizer_class: 'T5Tokenizer', eos_token: '</s>' },
  };
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), JSON.stringify(content));
  await writeFile(join(folder, 'model.onnx'), writeOnnx(sentenceGraph(useLiteGraph(weights))));
}

const tokenizerOf = ({ vocabulary }: UseLiteWeights) => ({
  version: '1.0',
  added_tokens: [],
  normalizer: { type: 'NFKC' },
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', add_prefix_space: true, split: false },
  post_processor: null,
  decoder: { type: 'Metaspace', replacement: '▁', add_prefix_space: true },
  // The first is what stands for a character that no piece has.
  model: { type: 'Unigram', unk_id: 0, vocab: vocabulary },
});

/** `ids`, `mask` and `positions` from `input_ids` and `attention_mask`. */
function sentenceGraph({ nodes, tensors, outputs }: OnnxGraph): OnnxGraph {
  const sizes = ['texts', 'tokens'];
  const scalar = (name: string, value: bigint) => ({
    ...{ name, dims: [], data: BigInt64Array.of(value) },
  });
  const before: OnnxNode[] = [
    { op: 'Identity', inputs: ['input_ids'], outputs: ['ids'] },
    { op: 'Cast', inputs: ['attention_mask'], outputs: ['mask'], attributes: { to: { int: 1 } } },
    { op: 'Shape', inputs: ['input_ids'], outputs: ['sizes'] },
    { op: 'Gather', inputs: ['sizes', 'one'], outputs: ['width'] },
    { op: 'Range', inputs: ['zero', 'width', 'one'], outputs: ['positions'] },
  ];
  const after: OnnxNode = { op: 'Identity', inputs: ['vectors'], outputs: ['sentence_embedding'] };
  return {
    nodes: [...before, ...nodes, after],
    tensors: [...tensors, scalar('zero', 0n), scalar('one', 1n)],
    inputs: ['input_ids', 'attention_mask'].map((name) => ({ name, type: 'int64', shape: sizes })),
    outputs: outputs.map((output) => ({ ...output, name: 'sentence_embedding' })),
  };
}
