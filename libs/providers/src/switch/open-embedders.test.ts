import { type Bus, connect, provision } from '@slipstream/jetstream';
import { startNatsServer } from '@slipstream/testing';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Embedder } from '../embedder.ts';
import { type EmbedderSpec, readEmbedderRecord, recordSubject } from './embedder-record.ts';
import { type Embedders, openEmbedders } from './open-embedders.ts';

const stack = new AsyncDisposableStack();
let bus: Bus;
beforeAll(async () => {
  const nats = stack.use(await startNatsServer());
  bus = stack.use(await connect({ url: nats.url, name: 'test' }));
  await provision(bus);
});
afterAll(() => stack.disposeAsync());
beforeEach(async () => {
  created.length = 0;
  errors.length = 0;
  await bus.manager.streams.purge('KV_runtime', { filter: recordSubject });
});

interface Closable extends Embedder {
  isDisposed: boolean;
}

/** Made from a record, in order; and what was told as an error. */
const created: Closable[] = [];
const errors: unknown[] = [];

/** An embedder whose vectors are as long as its id; it remembers whether it was disposed. */
function embedderOf(id: string): Closable {
  const embedder: Closable = {
    isDisposed: false,
    info: {
      id,
      dimensions: id.length,
      maxTokens: 9,
      normalized: true,
      fusionWeight: 0.5,
      cacheThreshold: null,
    },
    async warm() {},
    async embed(texts) {
      if (embedder.isDisposed) throw new Error(`${id} is closed`);
      return { vectors: texts.map(() => new Float32Array(id.length).fill(1)) };
    },
    async [Symbol.asyncDispose]() {
      embedder.isDisposed = true;
    },
  };
  return embedder;
}

const specOf = (id: string): EmbedderSpec => ({ id, provider: 'openai-compatible', model: id });

/** What a process opens whose settings name this embedder. */
const open = (id: string, { lingerMs = 60_000 } = {}): Promise<Embedders> =>
  openEmbedders(bus, {
    wanted: embedderOf(id),
    spec: specOf(id),
    async create(spec) {
      if (spec.id === 'lost') throw new Error('its server is gone');
      const embedder = embedderOf(spec.id);
      created.push(embedder);
      return embedder;
    },
    lingerMs,
    onError: (error) => errors.push(error),
  });

test('without a record the embedder of the settings is searched, and recorded', async () => {
  await using embedders = await open('first');
  expect(embedders.active).toBe(embedders.wanted);
  const { record } = await readEmbedderRecord(bus);
  expect(record).toMatchObject({ active: specOf('first'), retired: [] });
});

test('after a change of the settings the old embedder is searched until the switch, in every process', async () => {
  await using before = await open('first');
  await using rag = await open('second');
  await using worker = await open('second');
  expect([before, rag, worker].map(({ active }) => active.info.id)).toEqual(Array(3).fill('first'));

  expect(await worker.switchToWanted()).toBe(true);
  expect(worker.active).toBe(worker.wanted);
  await vi.waitFor(() => {
    expect(rag.active).toBe(rag.wanted);
    // A process with the settings of before makes the new one from the record.
    expect(before.active.info.id).toBe('second');
    expect(created).toContain(before.active);
  }, 20_000);
  expect(await worker.switchToWanted()).toBe(false);
  const { record } = await readEmbedderRecord(bus);
  expect(record?.retired.map(({ id }) => id)).toEqual(['first']);
});

test('an embedder that was taken before the switch still answers, and is closed later', async () => {
  await using _before = await open('first');
  await using rag = await open('second', { lingerMs: 300 });
  const taken = rag.active;
  await rag.switchToWanted();
  expect((await taken.embed(['a question'], 'query')).vectors).toHaveLength(1);
  await vi.waitFor(() => expect(created[0]?.isDisposed).toBe(true), 20_000);
});

test('of two processes that switch at once one has switched, and going back keeps no vectors from it', async () => {
  await using first = await open('first');
  await using one = await open('second');
  await using other = await open('second');
  const switched = await Promise.all([one.switchToWanted(), other.switchToWanted()]);
  expect(switched.filter(Boolean)).toHaveLength(1);
  await first.keepWanted();
  expect((await readEmbedderRecord(bus)).record?.retired).toEqual([]);
  expect(await first.switchToWanted()).toBe(true);
  const { record } = await readEmbedderRecord(bus);
  expect(record?.active.id).toBe('first');
  expect(record?.retired.map(({ id }) => id)).toEqual(['second']);
});

test('an old embedder that cannot be made is told, and the one of the settings is searched', async () => {
  await using _before = await open('lost');
  await using after = await open('second');
  expect(after.active).toBe(after.wanted);
  expect(errors).toEqual([new Error('its server is gone')]);
});
