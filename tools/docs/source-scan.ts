import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './markdown-files.ts';

const texts = (patterns: readonly string[]): string[] =>
  globSync(patterns, { cwd: root, exclude: ['**/node_modules/**', '**/*.test.ts'] }).map((path) =>
    readFileSync(join(root, path), 'utf8'),
  );

const found = (sources: readonly string[], pattern: RegExp): string[] =>
  sources.flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name));

/** Every variable that what runs reads from the environment by its name. */
export const environmentNames = (): Set<string> =>
  new Set(
    found(
      texts(['{libs,services,examples}/*/src/**/*.ts', 'tools/start/**/*.{ts,mjs}']),
      /(?:\benv|\bread(?:Port)?)(?:\[|\()'([A-Z][A-Z_]+)'/g,
    ),
  );

/**
 * Every code that an error of a task is made with. The API's own problems are made in the gateway
 * and in libs/http, and have a table of their own.
 */
export function taskErrorCodes(): Set<string> {
  const sources = texts([
    'libs/{contracts,documents,flows,knowledge,providers,tasklog,worker}/src/**/*.ts',
    'services/{scraper,embedder,rag,maintenance}/src/**/*.ts',
  ]);
  const unions = sources.flatMap(
    (text) => /export type (?:DenyReason|DocumentErrorCode) =([^;]+);/.exec(text)?.[1] ?? [],
  );
  return new Set([
    ...found(sources, /\bcode(?:: | \?\? )'([a-z][a-z-]+)'/g),
    ...found(sources, /\bcode: [^'\n]+ \? '([a-z-]+)'/g),
    ...found(sources, /\bcode: [^'\n]+ \? '[a-z-]+' : '([a-z-]+)'/g),
    ...found(unions, /'([a-z-]+)'/g),
  ]);
}

/** Whether a code stands in a source, in quotes. */
export const isQuoted = (code: string, sources = '{libs,services}/*/src/**/*.ts'): boolean =>
  texts([sources]).some((text) => text.includes(`'${code}'`));
