import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@lancedb/lancedb';
import { expect, test } from 'vitest';
import { openKnowledgeStore } from '../src/index.ts';

test('of many that open an empty folder at once, one makes the table and nobody replaces it', async () => {
  await using stack = new AsyncDisposableStack();
  const uri = await mkdtemp(join(tmpdir(), 'first-opening-'));
  stack.defer(() => rm(uri, { recursive: true, force: true }));
  await Promise.all(
    Array.from({ length: 24 }, async () => stack.use(await openKnowledgeStore({ uri }))),
  );
  const chunks = await (await connect(uri)).openTable('chunks');
  // It was made, and got its text index; a third version would be another table in its place.
  expect(await chunks.listVersions()).toHaveLength(2);
  expect(await readdir(uri)).toEqual(['chunks.lance']);
});
