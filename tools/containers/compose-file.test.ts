import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from './container-engine.ts';

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8');
const names = (text: string, pattern: RegExp): Set<string> =>
  new Set(Array.from(text.matchAll(pattern), ([, name = '']) => name));

const compose = read('docker-compose.yml');
/** `${NAME:-default}`, or `NAME:` without a value, which hands on what is set. */
const open = names(compose, /(?:\$\{| {2})([A-Z_]+)(?=:-|:\n)/g);

test('.env.example explains exactly what docker-compose.yml lets people set', () => {
  const explained = names(read('.env.example'), /^#([A-Z_]+)=/gm);
  expect([...explained].sort()).toEqual([...open].sort());
});

test('every setting of a service is fixed in docker-compose.yml or open to people', () => {
  const files = globSync('{services/*/src/config,libs/*/src/*settings}.ts', { cwd: projectRoot });
  const settings = names(files.map(read).join(''), /^ {2}(SLIPSTREAM_[A-Z_]+):/gm);
  const mentioned = names(compose, /\b([A-Z_]+):/g);
  const left = [
    'SLIPSTREAM_DATA_DIR', // the image has it
    'SLIPSTREAM_OPS_PORT', // the same in every container
    'SLIPSTREAM_REPLICAS', // of streams: there is one nats-server
  ];
  expect([...settings.difference(mentioned)].sort()).toEqual(left);
});

test('ports are published on 127.0.0.1 only', () => {
  const ports = [...compose.matchAll(/^ +ports: \[(.*)\]$/gm)].map(([, list]) => list);
  expect(ports).toHaveLength(2);
  for (const list of ports) expect(list).toMatch(/^(['"])127\.0\.0\.1:[^,]*\1$/);
  expect(compose).not.toMatch(/^ +ports:$/m);
});
