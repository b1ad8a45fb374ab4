// @ts-check
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { unpackFromDebian } from './nats-debian.mjs';
import { unpackRelease } from './nats-release.mjs';
import { messageOf, notFound, SetUpError } from './progress.mjs';
import { capture } from './run.mjs';
import { findVersion, isAtLeast, MIN_NATS_SERVER } from './versions.mjs';

const BINARY = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';

/**
 * A nats-server of at least 2.12: the setting `SLIPSTREAM_NATS_SERVER`, the PATH, the project's
 * cache, the official release, or Debian's package index. Throws a SetUpError that names each.
 * @param {string} cache the project's cache folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ binary: string, summary: string }>}
 */
export async function findNatsServer(cache, env) {
  const setting = env['SLIPSTREAM_NATS_SERVER'];
  if (setting) {
    const version = await usableVersion(setting);
    return { binary: setting, summary: `${version}, from SLIPSTREAM_NATS_SERVER` };
  }
  /** @type {[string, () => Promise<string>][]} */
  const sources = [
    ['the PATH', async () => onPath(env)],
    ['the cache', async () => inCache(cache)],
    ['the official release', () => unpackRelease(cache, BINARY)],
    ["Debian's package index", () => unpackFromDebian(cache, BINARY)],
  ];
  const tried = [];
  for (const [name, source] of sources) {
    try {
      const binary = await source();
      return { binary, summary: `${await usableVersion(binary)}, from ${name}` };
    } catch (error) {
      tried.push(`${name}: ${messageOf(error)}`);
    }
  }
  throw notFound(
    `nats-server ${MIN_NATS_SERVER} or newer`,
    tried,
    `Install nats-server ${MIN_NATS_SERVER} or newer (https://docs.nats.io, on macOS: brew install nats-server) and set SLIPSTREAM_NATS_SERVER=/path/to/nats-server`,
  );
}

/** @param {NodeJS.ProcessEnv} env */
function onPath(env) {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = folders.map((folder) => join(folder, BINARY)).find((path) => existsSync(path));
  if (!found) throw new SetUpError('there is none');
  return found;
}

/** @param {string} cache */
function inCache(cache) {
  const names = existsSync(cache) ? readdirSync(cache) : [];
  const found = names
    .filter((name) => name.startsWith('nats-server-'))
    .sort()
    .at(-1);
  if (!found) throw new SetUpError('there is none');
  return join(cache, found, BINARY);
}

/** @param {string} binary */
async function usableVersion(binary) {
  if (!existsSync(binary)) throw new SetUpError(`there is no ${binary}`);
  const { ok, text } = await capture(binary, ['--version']);
  const version = findVersion(text);
  if (!ok || !version) throw new SetUpError(`${binary} does not run: ${text}`);
  if (!isAtLeast(version, MIN_NATS_SERVER))
    throw new SetUpError(`${binary} is ${version}, not ${MIN_NATS_SERVER} or newer`);
  return version;
}
