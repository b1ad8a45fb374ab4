import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problems } from '@slipstream/contracts';
import { expect, test } from 'vitest';
import { duration } from './markdown.ts';
import {
  brokenLinks,
  longFiles,
  markdownFiles,
  missingFiles,
  packagesIn,
  root,
} from './markdown-files.ts';
import { referencePages } from './reference-pages.ts';
import { fieldsOf, typeText } from './schema-fields.ts';
import { environmentNames, isQuoted, taskErrorCodes } from './source-scan.ts';
import { subjectDrift } from './subjects-page.ts';
import { taskErrors } from './task-errors.ts';

const files = markdownFiles();
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

test.each(Object.entries(referencePages))('%s is what the code says', async (path, make) => {
  const hint = `${path} differs from the code: run \`node tools/docs/generate.ts\``;
  expect(read(path), hint).toBe(await make());
});

test('every link inside the repository leads somewhere', () => {
  const broken = files.flatMap((file) => brokenLinks(file).map((link) => `${file.path}: ${link}`));
  expect(broken).toEqual([]);
});

test('every file that is named is there', () => {
  const missing = files.flatMap((file) =>
    missingFiles(file).map((name) => `${file.path}: ${name}`),
  );
  expect(missing).toEqual([]);
});

test('a link to nowhere and a file that is not there are found', () => {
  const path = 'docs/guides/first-answer.md';
  const text = '[a](no-such-page.md) [b](#no-such-heading) `libs/worker/src/no-such-file.ts`';
  expect(brokenLinks({ path, text })).toEqual(['no-such-page.md', '#no-such-heading']);
  expect(missingFiles({ path, text })).toEqual(['libs/worker/src/no-such-file.ts']);
});

test('no source is longer than 400 lines', () => {
  expect(longFiles(400)).toEqual([]);
});

test('every package has a README', () => {
  const manifests = ['libs', 'services', 'examples'].flatMap(packagesIn);
  const paths = new Set(files.map(({ path }) => path));
  expect(manifests.filter((folder) => !paths.has(`${folder}/README.md`))).toEqual([]);
});

test('every variable that is read is documented', () => {
  const texts = read('docs/reference/configuration.md') + read('tools/start/README.md');
  const inherited = ['PATH', 'CI', 'HOME'];
  const names = [...environmentNames()].filter((name) => !inherited.includes(name));
  expect(names.filter((name) => !texts.includes(`\`${name}\``))).toEqual([]);
});

test('the errors of tasks are those that are thrown', () => {
  const documented = Object.keys(taskErrors);
  expect([...taskErrorCodes()].filter((code) => !documented.includes(code))).toEqual([]);
  expect(documented.filter((code) => !isQuoted(code))).toEqual([]);
});

test('the problems of the API are those that it answers with', () => {
  const sources = '{libs/http,services/gateway}/src/**/*.ts';
  expect(Object.keys(problems).filter((code) => !isQuoted(code, sources))).toEqual([]);
});

test('every subject is described', async () => {
  expect(await subjectDrift()).toEqual([]);
});

test('a field says its type, its limits and where it stands', () => {
  const item = { type: 'string', minLength: 1, maxLength: 500 };
  const schema = {
    required: ['site'],
    properties: {
      site: { type: 'object', properties: { depth: { type: 'integer', minimum: 0 } } },
      include: { type: 'array', items: item, maxItems: 100 },
      mode: { enum: ['page', 'site'], default: 'page' },
    },
  };
  expect(fieldsOf(schema).map(({ path, type, required }) => [path, type, required])).toEqual([
    ['site', 'object', true],
    ['site.depth', 'integer, at least 0', false],
    ['include', 'array of string, not empty, at most 500 characters, at most 100', false],
    ['mode', '`page` or `site`', false],
  ]);
  expect(typeText({ anyOf: [{ type: 'string' }, { type: 'null' }] })).toBe('string or null');
});

test('a duration has the unit that a person would take', () => {
  expect([200, 1_500, 120_000, 3_600_000, 30 * 86_400_000].map(duration)).toEqual([
    '200 ms',
    '1.5 s',
    '2 min',
    '1 h',
    '30 days',
  ]);
});
