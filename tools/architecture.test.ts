import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/**
 * From the ground up. A package depends on packages of lower layers only, so the graph has no
 * cycle, and a reader can stop at any layer. The picture is in docs/architecture.md.
 */
const layers = [
  ['contracts', 'config'],
  ['telemetry'],
  ['jetstream', 'resilience', 'documents', 'retrieval', 'http'],
  ['tasklog', 'knowledge', 'providers'],
  ['worker', 'evaluation'],
  ['flows'],
  ['gateway', 'scraper', 'embedder', 'rag', 'maintenance', 'provision'],
];

/** Help for tests: any package may use it, and only under devDependencies. */
const forTests = ['testing', 'testkit', 'manual'];

interface Manifest {
  readonly name: string;
  readonly dependencies?: Record<string, string>;
}

const packages = globSync('{libs,services}/*/package.json').map((file) => {
  const { name, dependencies = {} } = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  return { name: bare(name), uses: Object.keys(dependencies).filter(isOurs).map(bare) };
});

test.each(packages)('$name depends on lower layers only', ({ name, uses }) => {
  if (forTests.includes(name)) return;
  expect(upward(name, uses)).toEqual([]);
});

test('a dependency upward or sideways is found', () => {
  expect(upward('jetstream', ['contracts', 'worker', 'http'])).toEqual(['worker', 'http']);
  expect(upward('worker', ['testing'])).toEqual(['testing']);
});

function upward(name: string, uses: readonly string[]): string[] {
  const own = layerOf(name);
  return uses.filter((used) => forTests.includes(used) || layerOf(used) >= own);
}

function layerOf(name: string): number {
  const layer = layers.findIndex((names) => names.includes(name));
  if (layer === -1) throw new Error(`'${name}' has no place in the layers of this test`);
  return layer;
}

function isOurs(name: string): boolean {
  return name.startsWith('@slipstream/');
}

function bare(name: string): string {
  return name.slice('@slipstream/'.length);
}
