import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tasks } from '@slipstream/contracts';
import { readTallies } from '@slipstream/jetstream';
import { submit, taskView } from '@slipstream/tasklog';
import { type Engine, startEngine } from '@slipstream/testkit';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startService } from '../src/service.ts';

/** Inputs of each request, as an OpenAI-compatible server got them. */
const requests: string[][] = [];
/** Refuses requests with a text that is too long; a vector says how long its text was. */
const model = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  const { input } = JSON.parse(body) as { input: string[] };
  requests.push(input);
  const status = input.some((text) => text.length > 100) ? 400 : 200;
  const data = input.map((text, index) => ({ index, embedding: [text.length, 1] }));
  const usage = { prompt_tokens: input.length * 10 };
  const answer = status === 200 ? { data, usage } : { error: { message: 'too long' } };
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
});

let engine: Engine;
let service: Awaited<ReturnType<typeof startService>>;
beforeAll(async () => {
  engine = await startEngine();
  model.listen(0, '127.0.0.1');
  await once(model, 'listening');
  service = await startService(
    readConfig({
      ...engine.env,
      SLIPSTREAM_EMBEDDER: 'openai-compatible',
      SLIPSTREAM_EMBEDDER_URL: `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1`,
      SLIPSTREAM_EMBEDDER_MODEL: 'length',
      SLIPSTREAM_EMBEDDER_DIMENSIONS: '2',
      SLIPSTREAM_EMBEDDING_SLOTS: '16',
    }),
  );
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  model.closeAllConnections();
  model.close();
  await engine[Symbol.asyncDispose]();
});
beforeEach(() => {
  requests.length = 0;
});

async function embed(texts: readonly string[]) {
  const definition = tasks['embed-texts'];
  const sent = await Promise.all(
    texts.map((text) => submit(engine.bus, engine.log, { definition, payload: { texts: [text] } })),
  );
  return Promise.all(sent.map(async ({ task }) => taskView(await engine.reaches(task.id))));
}

test('tasks of one text share requests to the model, and each gets its own vector', async () => {
  const texts = Array.from({ length: 64 }, (_, place) => 'x'.repeat(place + 1));
  const ended = await embed(texts);
  expect(ended.every(({ state }) => state === 'succeeded')).toBe(true);
  expect(requests.flat().sort()).toEqual(texts);
  expect(requests.length).toBeLessThan(texts.length / 2);
  const ratios = ended.map(({ result }) => {
    const [[length = 0, one = 1] = []] = (result as { vectors: number[][] }).vectors;
    return Math.round(length / one);
  });
  expect(ratios).toEqual(texts.map(({ length }) => length));
});

test('a text that the model refuses fails its own task and no other of the batch', async () => {
  const ended = await embed(['short', 'x'.repeat(101), 'fine', 'good']);
  expect(ended.map(({ state }) => state)).toEqual([
    'succeeded',
    'failed',
    'succeeded',
    'succeeded',
  ]);
  expect(ended[1]?.error?.code).toBe('provider-refused');
});

test('tokens that the server counted stand in the result and among the counters', async () => {
  const since = Date.now();
  const before = await promptTokens(since);
  const [ended] = await embed(['seven']);
  const usage = { model: 'length@2', promptTokens: 10, completionTokens: 0, estimated: false };
  expect(ended?.result).toMatchObject({ promptTokens: 10, usage });
  const counted = async () => expect(await promptTokens(since)).toBeGreaterThanOrEqual(before + 10);
  await vi.waitFor(counted, { timeout: 20_000 });
});

async function promptTokens(since: number): Promise<number> {
  const tallies = await readTallies(engine.bus, since);
  const own = tallies.find(({ what, measure }) => what === 'length@2' && measure === 'prompt');
  return own?.count ?? 0;
}
