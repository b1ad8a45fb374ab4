import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

interface Request {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

/** A server of chat completions that streams what it is told to write, or fails with a status. */
export async function startWritingModel(reply: () => string | number) {
  const seen: Request[] = [];
  const server = createServer(async (request, response) => {
    seen.push((await json(request)) as Request);
    const text = reply();
    if (typeof text === 'number') return void response.writeHead(text).end('{}');
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const chunk = (choice: object) => {
      const body = { id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm' };
      response.write(
        `data: ${JSON.stringify({ ...body, choices: [{ index: 0, ...choice }] })}\n\n`,
      );
    };
    for (const content of text.match(/[\s\S]{1,40}/g) ?? []) chunk({ delta: { content } });
    chunk({ delta: {}, finish_reason: 'stop' });
    response.end('data: [DONE]\n\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    seen,
    settings: {
      provider: 'openai-compatible',
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
      model: 'm',
    } as const,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
