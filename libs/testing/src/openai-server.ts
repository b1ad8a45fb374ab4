import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface SeenRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Answers one request. The last answer of a server repeats. */
export type Reply = (response: ServerResponse, request: SeenRequest) => void | Promise<void>;

export interface OpenAiServer extends AsyncDisposable {
  readonly baseUrl: string;
  readonly seen: readonly SeenRequest[];
  /** From now on requests are answered by these, in turn. */
  answer(...replies: readonly Reply[]): void;
}

/** A server on a free port that answers requests in turn, in the shapes recorded from OpenAI. */
export async function startOpenAiServer(...first: readonly Reply[]): Promise<OpenAiServer> {
  const seen: SeenRequest[] = [];
  let replies = first;
  let answered = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const seenRequest = await read(request);
      const reply = replies[Math.min(answered++, replies.length - 1)];
      seen.push(seenRequest);
      await reply?.(response, seenRequest);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    seen,
    answer(...next) {
      replies = next;
      answered = 0;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function read(request: IncomingMessage): Promise<SeenRequest> {
  return {
    path: request.url ?? '',
    authorization: request.headers.authorization,
    body: JSON.parse(await text(request)),
  };
}

const json =
  (value: unknown, status = 200, headers: Record<string, string> = {}): Reply =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(value));
  };

/** An error as OpenAI words it. */
export const failure = (status: number, message: string, headers: Record<string, string> = {}) =>
  json({ error: { message, type: 'api_error', param: null, code: null } }, status, headers);

/** A connection that ends where the answer should come. */
export const cut: Reply = (response) => void response.destroy();

/** One vector per text: its length first, so that a test can tell which text it came from. */
export const vectors =
  (dimensions: number, usage = true): Reply =>
  (response, request) => {
    const input = request.body['input'] as string[];
    const data = input.map((item, index) => ({
      object: 'embedding',
      index,
      embedding: [item.length, ...new Array(dimensions - 1).fill(1)],
    }));
    const tokens = { prompt_tokens: input.length * 2, total_tokens: input.length * 2 };
    const body = { object: 'list', data, model: 'm', ...(usage && { usage: tokens }) };
    return json(body)(response, request);
  };

export interface StreamShape {
  readonly usage?: boolean;
  /**
   * How it ends: properly, by a closed socket, by silence, or by a polite end that came too soon.
   */
  readonly end?: 'done' | 'cut' | 'silence' | 'early';
}

/** A streamed chat completion of these pieces. */
export const completion =
  (pieces: readonly string[], { usage = true, end = 'done' }: StreamShape = {}): Reply =>
  async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (data: string) =>
      new Promise<unknown>((sent) => response.write(`data: ${data}\n\n`, sent));
    const chunk = (delta: object, finish: string | null = null) =>
      send(
        JSON.stringify({
          id: 'chatcmpl-1',
          object: 'chat.completion.chunk',
          created: 1_760_000_000,
          model: 'gpt-test-2026-01-01',
          choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
        }),
      );
    await chunk({ role: 'assistant', content: '', refusal: null });
    for (const content of pieces) await chunk({ content });
    if (end === 'silence') return;
    if (end === 'cut') return void response.destroy();
    if (end === 'early') return void response.end();
    await chunk({}, 'stop');
    if (usage) {
      await send(
        JSON.stringify({
          id: 'chatcmpl-1',
          object: 'chat.completion.chunk',
          created: 1_760_000_000,
          model: 'gpt-test-2026-01-01',
          choices: [],
          usage: { prompt_tokens: 120, completion_tokens: 8, total_tokens: 128 },
        }),
      );
    }
    await send('[DONE]');
    response.end();
  };
