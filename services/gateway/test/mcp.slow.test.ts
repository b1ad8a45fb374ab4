import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { type DocumentsQuestion, subjects } from '@slipstream/contracts';
import { serveMicro } from '@slipstream/jetstream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';
import { rag } from './handlers.ts';

const documents = ['A [new] thing', 'B'].map((title) => ({
  brand: title === 'B' ? 'Borealis' : 'Acme',
  source: 'https://docs.example',
  url: `https://docs.example/${title[0]?.toLowerCase()}`,
  title,
  chunks: 2,
}));

let gateway: TestGateway;
let client: Client;
beforeAll(async () => {
  gateway = await startGateway();
  gateway.work(
    'rag',
    rag({
      'answer-question': async (payload, context) => {
        if (payload.question.includes('moon')) {
          return {
            outcome: 'no-answer',
            answer: null,
            reason: 'Nothing was found for this question.',
            citations: [],
            confidence: 0,
            mode: 'extractive',
            cached: false,
            timings: {},
          };
        }
        return rag()['answer-question'](payload, context);
      },
    }),
  );
  serveMicro(gateway.bus, {
    name: 'rag',
    version: '0.1.0',
    description: 'What the pool rag says of its documents',
    endpoints: [
      {
        name: 'documents',
        subject: subjects.documents,
        handle: (request) => {
          const { brand } = request.json<DocumentsQuestion>();
          const found = documents.filter((one) => brand === undefined || one.brand === brand);
          return { documents: found, total: found.length };
        },
      },
    ],
  });
  client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', gateway.url)));
});
afterAll(async () => {
  await client.close();
  await gateway[Symbol.asyncDispose]();
});

const shown = async (name: string, args: Record<string, unknown>) => {
  const { content, ...rest } = await client.callTool({ name, arguments: args });
  const [first] = content as { type: string; text: string }[];
  return { text: first?.text ?? '', ...rest };
};

test('a client sees what the server is and three tools that only read', async () => {
  expect(client.getServerVersion()).toMatchObject({ name: 'slipstream' });
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(['search', 'ask', 'sources']);
  expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true);
  expect(tools[0]?.inputSchema).toMatchObject({ type: 'object', required: ['query'] });
});

test('search gives passages with their URLs', async () => {
  const { text, structuredContent } = await shown('search', { query: 'phantom power', limit: 3 });
  expect(text).toBe('[1] A\nhttps://docs.example/a\n\nphantom power');
  expect(structuredContent).toMatchObject({ hits: [{ text: 'phantom power' }] });
});

test('ask gives the answer and its sources, or the reason why there is none', async () => {
  const answered = await shown('ask', { question: 'What is A?', brand: 'Acme' });
  expect(answered.text).toBe('What is A?\n\n[1] A > Acme: https://docs.example/a');
  const refused = await shown('ask', { question: 'Who owns the moon?' });
  expect(refused.text).toMatch(/^The documentation does not answer this\. Nothing was found/);
  expect(refused.structuredContent).toMatchObject({ outcome: 'no-answer', answer: null });
});

test('sources lists documents, of all brands or of one', async () => {
  const all = await shown('sources', {});
  expect(all.text).toMatch(
    /^2 documents\nAcme: A \[new\] thing, https:\/\/docs\.example\/a\nBorea/,
  );
  const one = await shown('sources', { brand: 'Borealis' });
  expect(one.structuredContent).toMatchObject({ total: 1, documents: [{ title: 'B' }] });
});

test('what does not fit is refused by name, and a client of another site by its origin', async () => {
  await expect(client.callTool({ name: 'drop', arguments: {} })).rejects.toThrow(
    "there is no tool 'drop', only search, ask, sources",
  );
  await expect(client.callTool({ name: 'search', arguments: { q: 'x' } })).rejects.toThrow(
    "arguments of 'search' do not fit",
  );
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
  expect((await gateway.post('/mcp', ping)).body).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
  const unknown = await gateway.post('/mcp', { ...ping, method: 'resources/list' });
  expect(unknown.body).toMatchObject({ error: { code: -32_601 } });
  const foreign = await gateway.post('/mcp', ping, { origin: 'https://evil.example' });
  expect(foreign.status).toBe(400);
  expect((await fetch(`${gateway.url}/mcp`)).status).toBe(405);
});

test('llms.txt names the calls and the documents by brand', async () => {
  const read = async (path: string) => (await fetch(gateway.url + path)).text();
  const short = await read('/llms.txt');
  expect(short).toMatch(/^# Slipstream\n\n> /);
  expect(short).toContain('\n## Acme\n\n- [A \\[new\\] thing](https://docs.example/a)\n');
  expect(await read('/llms.txt?brand=Borealis')).not.toContain('Acme');
  const full = await read('/llms-full.txt');
  expect(full).toContain('- `POST /v1/queries`: Ask a question');
  expect(full).toContain('## Borealis');
});

test('without a worker of the pool rag the list of documents is a problem that says so', async () => {
  await using alone = await startGateway();
  const { status, body } = await alone.get('/llms.txt');
  expect([status, body['code']]).toEqual([503, 'knowledge-unavailable']);
  expect(body['detail']).toContain('pool rag');
});
