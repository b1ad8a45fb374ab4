// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * `node tools/lock/complete-lock.mjs` after a change of dependencies.
 *
 * npm writes a lock file with the platform packages that the registry served at that moment. Some
 * registries serve only those of their own platform; the lock then lacks the others, and `npm ci`
 * refuses it or leaves Biome, Nx or LanceDB without its binary on macOS, Windows or musl. Their
 * names and exact versions stand in the `optionalDependencies` of the package that uses them, so the
 * entries can be added from there. npm reads the checksum of such an entry from the registry.
 */

/**
 * @typedef {{ version?: string, integrity?: string, resolved?: string, link?: boolean, dev?: boolean,
 *   optional?: boolean, os?: string[], cpu?: string[], libc?: string[],
 *   optionalDependencies?: Record<string, string> }} Entry
 * @typedef {Record<string, Entry>} Entries
 * @typedef {{ path: string, name: string, range: string, entry: Entry }} Missing
 */

const SYSTEMS = 'aix android darwin freebsd linux netbsd openbsd openharmony sunos win32'.split(
  ' ',
);
const PROCESSORS = 'arm arm64 ia32 loong64 mips64el ppc64 riscv64 s390x wasm32 x64'.split(' ');

/**
 * Optional packages that no entry of the lock stands for.
 * @param {Entries} packages
 * @returns {Missing[]}
 */
export function findMissing(packages) {
  return Object.entries(packages).flatMap(([path, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name, range]) => !isLocked(packages, path, name, range))
      .map(([name, range]) => ({ path, name, range, entry })),
  );
}

/**
 * The same lock with an entry for every optional package, in npm's order.
 * @param {Entries} packages
 * @returns {Entries}
 */
export function complete(packages) {
  const completed = { ...packages };
  for (const { path, name, range, entry } of findMissing(packages)) {
    const top = `node_modules/${name}`;
    const place = completed[top] ? `${path}/${top}` : top;
    completed[place] = { ...platformOf(name, range), ...(entry.dev ? { dev: true } : {}) };
  }
  return Object.fromEntries(
    Object.entries(completed).sort(([one], [other]) => one.localeCompare(other, 'en')),
  );
}

/**
 * Looks where Node would: beside the package, then in each folder above it.
 * @param {Entries} packages
 * @param {string} path
 * @param {string} name
 * @param {string} range
 */
function isLocked(packages, path, name, range) {
  const folders = path
    .split('/node_modules/')
    .map((_, depth, parts) => parts.slice(0, depth + 1).join('/node_modules/'));
  const places = ['', ...folders].map((folder) => join(folder, `node_modules/${name}`));
  const found = places
    .reverse()
    .map((place) => packages[place])
    .find(Boolean);
  const isExact = /^\d/.test(range);
  return found !== undefined && (!isExact || found.version === range);
}

/**
 * The platform that a package's name tells: `@oxc-parser/binding-linux-arm64-musl`.
 * @param {string} name
 * @param {string} range
 * @returns {Entry}
 */
export function platformOf(name, range) {
  const words = name.split(/[-/]/);
  const os = words.filter((word) => SYSTEMS.includes(word));
  const cpu = words.filter((word) => PROCESSORS.includes(word));
  const libc = [/musl/.test(name) && 'musl', /gnu/.test(name) && os[0] === 'linux' && 'glibc'];
  return {
    version: range.replace(/^\D*/, ''),
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(os.length > 0 ? { os } : {}),
    ...(libc.some(Boolean) ? { libc: libc.filter((one) => one !== false) } : {}),
    optional: true,
  };
}

/**
 * @param {string} folder
 * @param {string} path
 */
function join(folder, path) {
  return folder === '' ? path : `${folder}/${path}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = resolve(import.meta.dirname, '../../package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = findMissing(lock.packages);
  lock.packages = complete(lock.packages);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(`${missing.length} entries added to ${file}\n`);
}
