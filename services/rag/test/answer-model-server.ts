import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ModelRequest {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

/** What the model writes for a request: a text, or a status to refuse with. */
export type ModelReply = (
  request: ModelRequest,
) => string | { readonly status: number } | { readonly text: string; readonly finish: string };

/** Speaks the part of the chat completions API that a streamed answer uses. */
export async function startAnswerModel(reply: ModelReply) {
  const seen: ModelRequest[] = [];
  let open: Promise<void> | undefined;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', async () => {
      const asked = JSON.parse(Buffer.concat(parts).toString()) as ModelRequest;
      seen.push(asked);
      await open;
      const said = reply(asked);
      if (typeof said !== 'string' && 'status' in said) {
        response.writeHead(said.status).end('{}');
        return;
      }
      const { text, finish } = typeof said === 'string' ? { text: said, finish: 'stop' } : said;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const send = (delta: object, finish_reason: string | null = null) => {
        const choices = [{ index: 0, delta, finish_reason }];
        const chunk = { id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices };
        response.write(`data: ${JSON.stringify(chunk)}\n\n`);
      };
      for (const word of text.split(/(?<= )/)) send({ content: word });
      send({}, finish);
      response.end('data: [DONE]\n\n');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    env: {
      SLIPSTREAM_ANSWER_MODEL_PROVIDER: 'openai-compatible',
      SLIPSTREAM_ANSWER_MODEL_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
      SLIPSTREAM_ANSWER_MODEL: 'm',
    },
    seen,
    /** Answers wait until the returned function is called. */
    hold(): () => void {
      const gate = Promise.withResolvers<void>();
      open = gate.promise;
      return gate.resolve;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
