import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { referencePages } from './reference-pages.ts';

const root = resolve(import.meta.dirname, '../..');

/** `node tools/docs/generate.ts`: writes docs/reference anew from the code. */
for (const [path, make] of Object.entries(referencePages)) {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await make());
  process.stdout.write(`${path}\n`);
}
