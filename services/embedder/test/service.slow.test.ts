import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Chunk, tasks } from '@slipstream/contracts';
import { indexVersion } from '@slipstream/jetstream';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { submit, taskView } from '@slipstream/tasklog';
import { type Engine, startEngine } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startService } from '../src/service.ts';

let engine: Engine;
let service: Awaited<ReturnType<typeof startService>>;
beforeAll(async () => {
  engine = await startEngine();
  service = await startService(readConfig(engine.env));
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

const chunk = (ordinal: number, text: string): Chunk => ({
  id: `c${ordinal}`.padEnd(32, '0'),
  brand: 'Quillmere',
  source: 'https://docs.example',
  docId: 'd1',
  url: 'https://docs.example/a',
  title: 'Reset',
  headingPath: ['Factory reset'],
  ordinal,
  text,
  fetchedAt: '2026-11-01T00:00:00.000Z',
});

test('the chunks of a document get vectors once', async () => {
  await using store = await openKnowledgeStore({ uri: join(engine.dir, 'knowledge') });
  const document = { brand: 'Quillmere', docId: 'd1' };
  const chunks = [chunk(0, 'Hold the button for ten seconds.'), chunk(1, 'The ring turns white.')];
  await store.writeDocuments([{ ...document, chunks }]);
  const first = await engine.completed('embed-chunks', document);
  expect(first).toMatchObject({ state: 'succeeded', result: { embedded: 2 } });
  expect(await indexVersion(engine.bus, 'Quillmere')).toBeGreaterThan(0);
  const again = await engine.completed('embed-chunks', document);
  expect(again).toMatchObject({ state: 'succeeded', result: { embedded: 0 } });
  expect(Object.values((await store.stats()).vectors)).toEqual([2]);
});

test('texts become vectors, near for near meanings', async () => {
  const texts = ['How do I reset it?', 'Restore the factory settings', 'Bread needs yeast'];
  const { result } = await engine.completed('embed-texts', { texts });
  const { vectors, dimensions } = result as { vectors: number[][]; dimensions: number };
  const cosine = (one: number, other: number): number =>
    (vectors[one] ?? []).reduce((sum, x, index) => sum + x * (vectors[other]?.[index] ?? 0), 0);
  expect(vectors.map(({ length }) => length)).toEqual([dimensions, dimensions, dimensions]);
  expect(cosine(0, 1)).toBeGreaterThan(cosine(0, 2));
});

test('an empty list of texts fails the task and names the field', async () => {
  const { bus, log } = engine;
  const definition = tasks['embed-texts'];
  const { task } = await submit(bus, log, { definition, payload: { texts: [] } });
  expect(taskView(await engine.reaches(task.id)).error).toMatchObject({
    code: 'invalid-payload',
    message: expect.stringContaining('/texts'),
  });
});

test('the service is ready, shows its pools to NATS, and serves metrics', async () => {
  expect((await fetch(`${service.opsUrl}/readyz`)).status).toBe(200);
  const status = await engine.bus.connection.request('slipstream.embedder.status', '');
  expect(status.json()).toMatchObject([{ category: 'embedding', slots: 16 }]);
  expect((await fetch(`${service.opsUrl}/livez`)).status).toBe(200);
});

const nobody = 'nats://127.0.0.1:9';
const onnx = { SLIPSTREAM_EMBEDDER: 'use-lite-onnx' };
const remote = { SLIPSTREAM_EMBEDDER: 'openai-compatible', SLIPSTREAM_EMBEDDER_MODEL: 'm' };

test.each([
  ['accelerator that is chosen', onnx, /^.*Add it: npm run add -- onnxruntime\n$/],
  ['settings of its model', remote, /^.* it needs SLIPSTREAM_EMBEDDER_URL and .*_DIMENSIONS\n$/],
])(
  'without the %s the service ends with one line that says so, before it looks for NATS',
  async (_what, env, line) => {
    const { stderr, code } = await promisify(execFile)(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', 'src/main.ts'],
      {
        cwd: resolve(import.meta.dirname, '..'),
        env: {
          ...process.env,
          SLIPSTREAM_NATS_URL: nobody,
          SLIPSTREAM_DATA_DIR: engine.dir,
          SLIPSTREAM_ACCELERATORS_DIR: engine.dir,
          SLIPSTREAM_OPS_PORT: '0',
          SLIPSTREAM_LOG_LEVEL: 'silent',
          ...env,
        },
        timeout: 50_000,
      },
    ).then(
      () => {
        throw new Error('the service has started');
      },
      (failed: { stderr: string; code: number }) => failed,
    );
    expect(stderr).toMatch(line);
    expect(code).toBe(2);
  },
  60_000,
);
