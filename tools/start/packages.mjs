// @ts-check
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { npmCommand } from './npm.mjs';
import { SetUpError, say } from './progress.mjs';
import { runInTerminal } from './run.mjs';

/**
 * An entry of `packages` in package-lock.json, and in the list that npm writes of what it installed
 * (`node_modules/.package-lock.json`).
 * @typedef {{ version?: string, resolved?: string, link?: boolean, dev?: boolean,
 *   optional?: boolean, devOptional?: boolean }} Entry
 * @typedef {Record<string, Entry>} Entries
 */

/**
 * Installs the packages of package-lock.json unless they are there. What is there is compared by
 * name and version, so that packages that somebody installed by hand stay. To run, the packages for
 * development are not needed, but they do not hurt.
 * @param {string} root
 * @param {'run' | 'develop'} purpose
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ summary: string }>}
 */
export async function installPackages(root, purpose, env) {
  const locked = await readEntries(join(root, 'package-lock.json'));
  const installed = await readEntries(join(root, 'node_modules', '.package-lock.json'));
  const differing = findDiffering(locked, installed, purpose);
  if (differing.length === 0) return { summary: 'as locked' };
  say(
    `packages     installing with npm ci (${differing.length} are missing or in another version)`,
  );
  const [file, ...first] = npmCommand(env);
  const args = [...first, 'ci', '--loglevel=error', ...(purpose === 'run' ? ['--omit=dev'] : [])];
  const code = await runInTerminal(file, args, { cwd: root, env });
  if (code !== 0)
    throw new SetUpError(
      `The packages could not be installed: npm ci ended with ${code} (see above)`,
    );
  const now = await readEntries(join(root, 'node_modules', '.package-lock.json'));
  return { summary: `${Object.keys(now).length} installed` };
}

/**
 * Paths of the locked packages that are not installed in their version. Packages of other platforms
 * are optional and may be absent.
 * @param {Entries} locked
 * @param {Entries} installed
 * @param {'run' | 'develop'} purpose
 */
export function findDiffering(locked, installed, purpose) {
  return Object.entries(locked)
    .filter(([path]) => /(^|\/)node_modules\//.test(path))
    .filter(([, entry]) => !entry.optional && !entry.devOptional)
    .filter(([, entry]) => purpose === 'develop' || !entry.dev)
    .filter(([path, entry]) => {
      const found = installed[path];
      return found?.version !== entry.version || (entry.link && found?.resolved !== entry.resolved);
    })
    .map(([path]) => path);
}

/**
 * @param {string} file
 * @returns {Promise<Entries>}
 */
async function readEntries(file) {
  if (!existsSync(file)) return {};
  return JSON.parse(await readFile(file, 'utf8')).packages;
}
