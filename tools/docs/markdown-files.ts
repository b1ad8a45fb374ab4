import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** A Markdown file of the project, by its path from the root. */
export interface MarkdownFile {
  readonly path: string;
  readonly text: string;
}

const places = [
  '*.md',
  'docs/**/*.md',
  'deploy/**/*.md',
  '{libs,services,examples,tools}/*/*.md',
  '{libs,services}/*/{src,test}/**/*.md',
];

/** What is written for people: everywhere but in packages of others. */
export const markdownFiles = (): MarkdownFile[] =>
  globSync(places, { cwd: root, exclude: ['**/node_modules/**'] })
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

/** Links of a file that lead nowhere: a file that is not there, or a heading that it has not. */
export function brokenLinks({ path, text }: MarkdownFile): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/i.test(link)) return false;
    const [target = '', heading] = link.split('#');
    const file = target === '' ? join(root, path) : resolve(root, dirname(path), target);
    if (!existsSync(file)) return true;
    return heading !== undefined && !headingIds(readFileSync(file, 'utf8')).has(heading);
  });
}

/** Files of the repository that a text names as code and that are not there. */
export function missingFiles({ path, text }: MarkdownFile): string[] {
  const named = [...text.matchAll(/`([\w.@*{},/-]+\/[\w.*{},/-]*)`/g)].map(([, name = '']) => name);
  const here = dirname(path);
  return named.filter((name) => {
    const fromRoot = /^(libs|services|tools|docs|examples|deploy)\//.test(name);
    const fromHere = /^(src|test)\//.test(name) && here !== '.' && here.includes('/');
    if (!fromRoot && !fromHere) return false;
    const cwd = fromRoot ? root : join(root, here);
    return globSync(name.replace(/\/$/, ''), { cwd }).length === 0;
  });
}

/** Folders of the packages in a place: `libs/config`. */
export const packagesIn = (place: string): string[] =>
  globSync(`${place}/*/package.json`, { cwd: root }).map((manifest) => dirname(manifest));

/** Sources that are longer than `most` lines, as `path: lines`. */
export function longFiles(most: number): string[] {
  const sources = globSync('{libs,services,examples,tools}/**/*.{ts,mjs,js}', {
    cwd: root,
    exclude: ['**/node_modules/**'],
  });
  return [...sources, ...globSync('*.ts', { cwd: root })].flatMap((path) => {
    const lines = readFileSync(join(root, path), 'utf8').split('\n').length - 1;
    return lines > most ? [`${relative(root, join(root, path))}: ${lines}`] : [];
  });
}

/** As GitHub makes them: lower case, without punctuation, words joined by hyphens. */
function headingIds(text: string): Set<string> {
  const headings = [...withoutCode(text).matchAll(/^#{1,6} +(.+)$/gm)].map(
    ([, title = '']) => title,
  );
  return new Set(
    headings.map((title) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}

const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, '');
