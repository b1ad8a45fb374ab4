import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Notes, Task } from '@slipstream/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Slipstream, startSlipstream } from './slipstream.ts';

const handbook = join(
  import.meta.dirname,
  '../../examples/manual/site/downloads/quillmere-owners-handbook.pdf',
);

let system: Slipstream;
beforeAll(async () => {
  system = await startSlipstream();
}, 120_000);
afterAll(() => system[Symbol.asyncDispose]());

type File = readonly [name: string, bytes: Uint8Array<ArrayBuffer>];

async function upload<T>(path: string, files: readonly File[], notes = true): Promise<T> {
  const form = new FormData();
  form.append('brand', 'Quillmere');
  form.append('notes', String(notes));
  for (const [name, bytes] of files) form.append('file', new File([bytes], name));
  const response = await fetch(system.url + path, { method: 'POST', body: form });
  expect(response.status).toBe(202);
  return (await response.json()) as T;
}

/** A page that takes gigabytes to read, in a file of kilobytes. */
function bomb(): Uint8Array<ArrayBuffer> {
  const content = deflateSync(Buffer.alloc(800_000_000, 'q 1 0 0 1 0 0 cm Q\n'), { level: 1 });
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>',
  ].map((body, at) => `${at + 1} 0 obj\n${body}\nendobj\n`);
  const stream = `4 0 obj\n<< /Length ${content.length} /Filter /FlateDecode >>\nstream\n`;
  return new Uint8Array(
    Buffer.concat([
      Buffer.from(`%PDF-1.4\n${objects.join('')}${stream}`),
      content,
      Buffer.from('\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n'),
    ]),
  );
}

test('a PDF becomes notes through every service, and the same bytes are served from the cache', async () => {
  const file: File = ['handbook.pdf', new Uint8Array(await readFile(handbook))];
  const first = await system.ended((await upload<Task>('/v1/documents', [file])).id);
  const result = first.result as { notes: Notes; timings: Record<string, number> };
  expect(first).toMatchObject({
    state: 'succeeded',
    children: { total: 2, succeeded: 2 },
    result: { outcome: 'indexed', pages: 12, cached: false },
  });
  expect(result.notes).toMatchObject({ mode: 'extractive', cached: false });
  expect(result.notes.keyPoints.length).toBeGreaterThan(3);
  expect(Object.keys(result.timings)).toEqual(
    expect.arrayContaining(['downloadMs', 'extractMs', 'notesMs', 'saveMs']),
  );
  const again = await system.ended((await upload<Task>('/v1/documents', [file])).id);
  expect(again.result).toMatchObject({
    outcome: 'unchanged',
    cached: true,
    notes: { cached: true, summary: result.notes.summary },
  });
  const { items } = await system.get<{ items: Task[] }>(`/v1/tasks?parentId=${first.id}`);
  expect(items.map(({ kind }) => kind).sort()).toEqual(['index-write', 'write-notes']);
}, 120_000);

test('a PDF bomb is killed and says what to do, and the files beside it are read', async () => {
  const text = (name: string): File => [name, new TextEncoder().encode(`# ${name}\n\nIt is dry.`)];
  const files = [text('one.md'), ['bomb.pdf', bomb()] as const, text('two.md'), text('three.md')];
  const { id } = await upload<{ id: string }>('/v1/documents/batch', files, false);
  const scraper = system.pidOf('scraper');
  const workflow = await system.ended(id);
  expect(workflow).toMatchObject({
    state: 'succeeded',
    children: { total: 4, succeeded: 3, failed: 1 },
  });
  const { nodes } = await system.get<{ nodes: Record<string, { taskId: string }> }>(
    `/v1/workflows/${id}`,
  );
  const bombed = await system.get(`/v1/tasks/${nodes['2']?.taskId}`);
  expect(bombed).toMatchObject({
    state: 'failed',
    attempt: 1,
    error: { code: 'pdf-too-large', message: expect.stringContaining('Split it') },
  });
  expect(system.pidOf('scraper')).toBe(scraper);
}, 240_000);
