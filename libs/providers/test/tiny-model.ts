import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OnnxGraph, writeOnnx } from '../src/use-lite-onnx/onnx-writer.ts';

/** A vocabulary of whole words; what it does not have is `[UNK]`. */
export const vocabulary = [
  ...['[PAD]', '[UNK]', '[CLS]', '[SEP]'],
  ...['red', 'blue', 'apple', 'sky', 'query', 'passage', ':', 'what', 'is'],
];

/** The vector of each word: a direction of its own, and one that all but the filling share. */
export const DIMENSIONS = vocabulary.length;
const rowOf = (word: number): number[] =>
  vocabulary.map((_, at) => (word === 0 ? 100 : Number(at === word)));

const sizes = ['batch', 'tokens'];
const ids = { name: 'input_ids', type: 'int64', shape: sizes } as const;
const types = { name: 'token_type_ids', type: 'int64', shape: sizes } as const;

/** Gives each token the vector of its word. */
const embedding: OnnxGraph = {
  nodes: [{ op: 'Gather', inputs: ['table', 'input_ids'], outputs: ['last_hidden_state'] }],
  tensors: [
    {
      name: 'table',
      dims: [DIMENSIONS, DIMENSIONS],
      data: Float32Array.from(vocabulary.flatMap((_, word) => rowOf(word))),
    },
  ],
  inputs: [ids],
  outputs: [{ name: 'last_hidden_state', type: 'float', shape: [...sizes, DIMENSIONS] }],
};

/** Counts the word `red` in the second text of a pair. */
const crossEncoder: OnnxGraph = {
  nodes: [
    { op: 'Gather', inputs: ['isRed', 'input_ids'], outputs: ['red'] },
    {
      op: 'Cast',
      inputs: ['token_type_ids'],
      outputs: ['isSecond'],
      attributes: { to: { int: 1 } },
    },
    { op: 'Mul', inputs: ['red', 'isSecond'], outputs: ['counted'] },
    { op: 'ReduceSum', inputs: ['counted', 'tokenAxis'], outputs: ['logits'] },
  ],
  tensors: [
    {
      name: 'isRed',
      dims: [DIMENSIONS],
      data: Float32Array.from(vocabulary.map((word) => Number(word === 'red'))),
    },
    { name: 'tokenAxis', dims: [1], data: BigInt64Array.of(1n) },
  ],
  inputs: [ids, types],
  outputs: [{ name: 'logits', type: 'float', shape: ['batch', 1] }],
};

const special = (word: string, type: 0 | 1) => ({ SpecialToken: { id: word, type_id: type } });
const sequence = (id: 'A' | 'B', type: 0 | 1) => ({ Sequence: { id, type_id: type } });
const single = [special('[CLS]', 0), sequence('A', 0), special('[SEP]', 0)];

const tokenizer = {
  version: '1.0',
  added_tokens: vocabulary.slice(0, 4).map((content, id) => ({ id, content, special: true })),
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: {
    type: 'TemplateProcessing',
    single,
    pair: [...single, sequence('B', 1), special('[SEP]', 1)],
    special_tokens: Object.fromEntries(
      ['[CLS]', '[SEP]'].map((word) => [
        word,
        { id: word, ids: [vocabulary.indexOf(word)], tokens: [word] },
      ]),
    ),
  },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
  },
};

/** Writes a model of the smallest kind, in the files that Hugging Face exports. */
export async function writeTinyModel(
  folder: string,
  kind: 'embedding' | 'cross-encoder',
  { maxTokens = 512, pooling }: { maxTokens?: number; pooling?: 'cls' } = {},
): Promise<void> {
  const write = async (path: string, content: object): Promise<void> => {
    const bytes = content instanceof Uint8Array ? content : JSON.stringify(content);
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), bytes);
  };
  await write('config.json', { hidden_size: DIMENSIONS, max_position_embeddings: maxTokens });
  await write('tokenizer.json', tokenizer);
  await write('tokenizer_config.json', { tokenizer_class: 'BertTokenizer' });
  if (pooling) await write('1_Pooling/config.json', { pooling_mode_cls_token: true });
  await write('onnx/model.onnx', writeOnnx(kind === 'embedding' ? embedding : crossEncoder));
}
