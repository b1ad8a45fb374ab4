import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  type BlobRef,
  brandToken,
  type Notes,
  newId,
  type ResultOf,
  subjects,
  type Task,
  type Tasks,
  tasks,
} from '@slipstream/contracts';
import { getBlob, putBlob } from '@slipstream/jetstream';
import { serveManual } from '@slipstream/manual';
import { submit } from '@slipstream/tasklog';
import type { Engine } from '@slipstream/testkit';
import { runPool } from '@slipstream/worker';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startScraper } from './start-scraper.ts';

type Result = ResultOf<Tasks['ingest-document']>;

const PDF = '/downloads/quillmere-owners-handbook.pdf';
const pdf = await readFile(
  fileURLToPath(import.meta.resolve('@slipstream/manual')).replace(/src\/index\.ts$/, `site${PDF}`),
);
const unused = async (): Promise<never> => {
  throw new Error('this test needs no such task');
};

/** The pool ingestion; notes are the draft, as without a model. */
const stack = new AsyncDisposableStack();
let engine: Engine;
beforeAll(async () => {
  ({ engine } = stack.use(await startScraper({ SLIPSTREAM_POOLS: 'ingestion' })));
  stack.use(
    runPool(engine.parts, {
      category: 'rag',
      tasks,
      slots: 3,
      handlers: {
        'answer-question': unused,
        'search-knowledge': unused,
        evaluate: unused,
        'write-notes': async ({ url, draft, draftCached: cached, draftMs }) => {
          const text = Buffer.from((await getBlob(engine.bus, draft as BlobRef)) ?? []).toString();
          const timings = { notesMs: draftMs };
          return { ...(JSON.parse(text) as Notes), url, mode: 'extractive', cached, timings };
        },
      },
    }),
  );
});
afterAll(() => stack.disposeAsync());

async function ingest(name: string, bytes: Uint8Array, brand = 'Quillmere'): Promise<Task> {
  const file = await putBlob(engine.bus, brandToken(brand), bytes);
  const url = `https://upload.invalid/${encodeURIComponent(name)}`;
  return engine.completed('ingest-document', { brand, url, file, fileName: name, notes: true });
}

test('a PDF gives notes with pages, as one task with its stages timed and its parts as children', async () => {
  const task = await ingest('handbook.pdf', pdf);
  const result = task.result as Result;
  expect(result).toMatchObject({ outcome: 'indexed', pages: 12, cached: false });
  const { notes, timings } = result;
  expect(notes).toMatchObject({ title: "Quillmere owner's handbook", mode: 'extractive' });
  expect(notes?.summary.length).toBeGreaterThan(100);
  expect(notes?.keyPoints.length).toBeGreaterThan(3);
  expect(notes?.keyPoints.every(({ page = 0 }) => page >= 1 && page <= 12)).toBe(true);
  expect(notes?.sections.map(({ heading }) => heading)).toContain('Short interruptions');
  for (const stage of ['downloadMs', 'extractMs', 'notesMs', 'saveMs'])
    expect(timings[stage]).toEqual(expect.any(Number));
  const kinds = (await engine.projection.ask('childrenOf', task.id)).map(({ kind }) => kind);
  expect(kinds.sort()).toEqual(['index-write', 'write-notes']);
  const row = await engine.projection.ask('task', task.id);
  expect(row).toMatchObject({ result: null, resultRef: expect.stringMatching(/^blob:/) });
});

test('the same bytes again are served from the cache, also under another name', async () => {
  await ingest('twice.pdf', pdf, 'Twice');
  const again = (await ingest('twice.pdf', pdf, 'Twice')).result as Result;
  expect(again).toMatchObject({ outcome: 'unchanged', cached: true, notes: { cached: true } });
  const renamed = (await ingest('renamed.pdf', pdf, 'Twice')).result as Result;
  expect(renamed).toMatchObject({ outcome: 'indexed', cached: true, notes: { cached: true } });
  const other = (await ingest('twice.pdf', pdf, 'Other')).result as Result;
  expect(other).toMatchObject({ outcome: 'indexed', cached: false });
});

test('two equal uploads at once are read once', async () => {
  const both = await Promise.all([1, 2].map(() => ingest('race.pdf', pdf, 'Race')));
  expect(both.map(({ result }) => (result as Result).cached).sort()).toEqual([false, true]);
});

test('a text is named after its file each time, whatever it was called when it was read first', async () => {
  const text = Buffer.from(`${'A rope of Quillmere carries eighty kilograms of load. '.repeat(4)}`);
  const titles = ['quick_start.txt', 'long_rope.txt'].map(async (name) => {
    return ((await ingest(name, text, 'Named')).result as Result).title;
  });
  expect(await Promise.all(titles)).toEqual(['quick start', 'long rope']);
});

test('a fetched PDF shows its bytes and its pages as they come', async () => {
  await using site = await serveManual();
  const id = newId();
  const shown: { done: number; total?: number; message?: string }[] = [];
  const feed = engine.bus.connection.subscribe(subjects.live(id), {
    callback: (_error, message) => {
      const { type, data } = message.json<{ type: string; data: (typeof shown)[number] }>();
      if (type === 'progress') shown.push(data);
    },
  });
  await engine.bus.connection.flush();
  const { bus, log } = engine;
  const payload = { brand: 'Fetched', url: `${site.url}${PDF}` };
  await submit(bus, log, { definition: tasks['ingest-document'], payload, id });
  expect((await engine.reaches(id)).state).toBe('succeeded');
  await vi.waitFor(() => {
    const { length: total } = pdf;
    expect(shown).toContainEqual({ done: total, total, message: 'bytes downloaded' });
    expect(shown).toContainEqual({ done: 12, total: 12, message: 'page 12 of 12' });
  }, 20_000);
  feed.unsubscribe();
});

test('a broken PDF fails at once, says what to do, and does not stop anything else', async () => {
  const [broken, good] = await Promise.all([
    ingest('broken.pdf', Buffer.from('%PDF-1.7\nnot really')),
    ingest('good.md', Buffer.from('# Rope\n\nA rope of Quillmere carries eighty kilograms.')),
  ]);
  expect(broken).toMatchObject({
    state: 'failed',
    attempt: 1,
    error: { code: 'broken-pdf', message: expect.stringContaining('save it anew') },
  });
  expect(good).toMatchObject({ state: 'succeeded', result: { title: 'Rope' } });
});
