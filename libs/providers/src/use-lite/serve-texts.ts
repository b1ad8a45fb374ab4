import { parentPort } from 'node:worker_threads';
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

/** Answers texts with vectors of length 1; `maxChars` is where a text is cut. */
export async function serveTexts(
  embed: (texts: readonly string[]) => Promise<readonly Float32Array[]>,
  maxChars = MAX_CHARS,
): Promise<void> {
  const answer = async (texts: EmbedRequest): Promise<EmbedReply> => {
    // A text without tokens would have no row in the result and move the rows behind it.
    const rows = await embed(texts.map((text) => text.slice(0, maxChars) || ' '));
    return rows.map(normalize);
  };
  // The first run compiles the kernels (80 ms): better before a question waits for it.
  await answer(['ready']);
  await serveRequests(answer);
}

/** Answers the requests of a `ThreadPool`, for as long as the thread lives. */
export async function serveRequests<Request, Reply>(
  answer: (request: Request) => Promise<Reply>,
): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('this file runs as a worker thread only');
  const post = (message: ThreadMessage<Reply>) => port.postMessage(message);
  port.on('message', async (request: Request) => {
    try {
      post({ type: 'reply', reply: await answer(request) });
    } catch (error) {
      post({ type: 'failed', message: String(error) });
    }
  });
  post({ type: 'ready' });
}
