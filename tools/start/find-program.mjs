// @ts-check
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { messageOf, notFound, SetUpError } from './progress.mjs';
import { capture } from './run.mjs';
import { findVersion, isAtLeast } from './versions.mjs';

/**
 * @typedef {object} Wanted
 * @property {string} name name of the program, and of its folders in the cache
 * @property {string} least oldest version that will do
 * @property {string} setting variable that names one
 * @property {string} remedy how to install it
 * @property {[string, () => Promise<string>][]} origins where it can be fetched, each with its name
 */

/**
 * A program of at least one version: the setting, the PATH, the project's cache, or one of its
 * origins. Throws a SetUpError that names each.
 * @param {Wanted} wanted
 * @param {string} cache the project's cache folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ binary: string, summary: string }>}
 */
export async function findProgram({ name, least, setting, remedy, origins }, cache, env) {
  const given = env[setting];
  if (given) return { binary: given, summary: `${await usable(given, least)}, from ${setting}` };
  const file = fileName(name);
  /** @type {[string, () => Promise<string>][]} */
  const sources = [
    ['the PATH', async () => onPath(file, env)],
    ['the cache', async () => inCache(cache, name, file)],
    ...origins,
  ];
  const tried = [];
  for (const [source, find] of sources) {
    try {
      const binary = await find();
      return { binary, summary: `${await usable(binary, least)}, from ${source}` };
    } catch (error) {
      tried.push(`${source}: ${messageOf(error)}`);
    }
  }
  throw notFound(
    `${name} ${least} or newer`,
    tried,
    `Install ${name} ${least} or newer (${remedy}) and set ${setting}=/path/to/${name}`,
  );
}

/** @param {string} program */
export const fileName = (program) => (process.platform === 'win32' ? `${program}.exe` : program);

/**
 * @param {string} file
 * @param {NodeJS.ProcessEnv} env
 */
function onPath(file, env) {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = folders.map((folder) => join(folder, file)).find((path) => existsSync(path));
  if (!found) throw new SetUpError('there is none');
  return found;
}

/**
 * @param {string} cache
 * @param {string} name
 * @param {string} file
 */
function inCache(cache, name, file) {
  const folders = existsSync(cache) ? readdirSync(cache) : [];
  const found = folders
    .filter((folder) => folder.startsWith(`${name}-`))
    .sort()
    .at(-1);
  if (!found) throw new SetUpError('there is none');
  return join(cache, found, file);
}

/**
 * @param {string} binary
 * @param {string} least
 */
async function usable(binary, least) {
  if (!existsSync(binary)) throw new SetUpError(`there is no ${binary}`);
  const { ok, text } = await capture(binary, ['--version']);
  const version = findVersion(text);
  if (!ok || !version) throw new SetUpError(`${binary} does not run: ${text}`);
  if (!isAtLeast(version, least))
    throw new SetUpError(`${binary} is ${version}, not ${least} or newer`);
  return version;
}
