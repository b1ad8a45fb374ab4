import { serveTexts } from './serve-texts.ts';
import { createTokenizer } from './tokenizer.ts';
import { createUseLiteModel } from './use-lite-model.ts';
import { readUseLiteWeights } from './use-lite-weights.ts';

const { tokensOf, model } = await load();

await serveTexts(async (texts) => model(texts.map(tokensOf)));

/** In a function, so that what was read goes once it is packed. */
async function load() {
  const weights = await readUseLiteWeights();
  return {
    tokensOf: createTokenizer(weights.vocabulary),
    model: createUseLiteModel(weights),
  };
}
