import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildSite } from './build-site.ts';
import { type AnsweredQuestion, type Question, readQuestions } from './index.ts';
import { linksOf, mainOf, paragraphsOf, textOf } from './page-text.ts';
import { isPublic, readContent } from './read-content.ts';
import { lastmods, readSite, SITE_DIR } from './read-site.ts';
import { MOVED } from './serve-manual.ts';

const files = await readSite();
const pages = (await readContent()).filter(isPublic).map(({ path }) => path);
const questions = await readQuestions();
const answered = questions.filter(isAnswered);

test('the manual has forty public pages with 20,000 words between them', () => {
  const words = pages.map((path) => textOf(mainOf(textAt(path))).split(' ').length);
  expect(pages).toHaveLength(40);
  expect(Math.min(...words)).toBeGreaterThan(350);
  expect(Math.max(...words)).toBeLessThan(800);
  expect(words.reduce((sum, count) => sum + count)).toBeGreaterThan(20_000);
});

test('the manual is rich in tables and code blocks', () => {
  const all = pages.map((path) => mainOf(textAt(path))).join('');
  expect(all.split('<table').length).toBeGreaterThan(15);
  expect(all.split('<pre><code class="language-').length).toBeGreaterThan(15);
  expect(all).toMatch(/colspan=/);
  expect(all).toMatch(/rowspan=/);
});

test('every internal link leads to a file or to a page that has moved', () => {
  const broken = pages.flatMap((from) =>
    linksOf(textAt(from)).filter((to) => !files.has(to) && !MOVED.has(to)),
  );
  expect(broken).toEqual([]);
});

test('all public pages are reached by links from the index', () => {
  const seen = new Set(['/index.html']);
  for (const path of seen) {
    if (path.endsWith('.html')) for (const to of linksOf(textAt(path))) seen.add(to);
  }
  expect(pages.filter((path) => !seen.has(path))).toEqual([]);
});

test('the sitemap lists exactly the public pages', () => {
  expect([...lastmods(textAt('/sitemap.xml')).keys()].sort()).toEqual([...pages].sort());
});

test('no two pages share a paragraph', () => {
  const owner = new Map<string, string>();
  for (const path of pages) {
    for (const text of new Set(paragraphsOf(mainOf(textAt(path))))) {
      if (text.length < 60) continue;
      expect(owner.get(text), text).toBeUndefined();
      owner.set(text, path);
    }
  }
});

test('/internal/ is disallowed and holds a page that is linked', () => {
  expect(textAt('/robots.txt')).toMatch(/^Disallow: \/internal\/$/m);
  expect(linksOf(textAt('/index.html'))).toContain('/internal/dealer-desk.html');
});

test('the built site is what the sources say', async () => {
  const built = await buildSite();
  const apart = [...files.keys()].filter((path) => !path.startsWith('/downloads/')).sort();
  expect(apart).toEqual([...built.keys()].sort());
  for (const [path, text] of built) {
    expect(await readFile(join(SITE_DIR, path), 'utf8'), path).toBe(text);
  }
});

test('there are 60 facts, 25 paraphrases and 15 questions without an answer', () => {
  const count = (kind: string) => questions.filter((question) => question.kind === kind).length;
  expect(['fact', 'paraphrase', 'no-answer'].map(count)).toEqual([60, 25, 15]);
  expect(new Set(questions.map(({ id }) => id)).size).toBe(100);
  expect(answered.filter(({ url }) => url.endsWith('.pdf')).length).toBeGreaterThanOrEqual(12);
});

test('every public page has a question', () => {
  const asked = new Set(answered.map(({ url }) => url));
  expect(pages.filter((path) => !asked.has(path))).toEqual([]);
});

test.for(answered)('the quote of $id is on $url', ({ url, page, quote }) => {
  if (url.endsWith('.pdf')) {
    // The PDF is printed from this source, one section a page.
    expect(files.get(url)?.body.subarray(0, 5).toString()).toBe('%PDF-');
    expect(printedPages.get(url)?.[(page ?? 0) - 1]).toContain(quote);
  } else {
    expect(page).toBeUndefined();
    expect(textOf(mainOf(textAt(url)))).toContain(quote);
  }
});

const printedPages = new Map(
  await Promise.all(
    [...files.keys()]
      .filter((path) => path.endsWith('.pdf'))
      .map(async (path) => [path, await readPrintedPages(path)] as const),
  ),
);

async function readPrintedPages(path: string): Promise<string[]> {
  const name = path.replace('/downloads/', '').replace('.pdf', '.html');
  const source = await readFile(join(import.meta.dirname, '../pdf', name), 'utf8');
  return source.split('<section class="page">').slice(1).map(textOf);
}

function textAt(path: string): string {
  const file = files.get(path);
  if (!file) throw new Error(`the site has no ${path}`);
  return file.body.toString('utf8');
}

function isAnswered(question: Question): question is AnsweredQuestion {
  return question.kind !== 'no-answer';
}
