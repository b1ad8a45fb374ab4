// @ts-check
import { findProgram } from './find-program.mjs';
import { unpackRedisFromDebian } from './redis-debian.mjs';
import { MIN_REDIS_SERVER } from './versions.mjs';

/**
 * The redis-server that `npm run bench` measures against: the setting `SLIPSTREAM_REDIS_SERVER`,
 * the PATH, the project's cache, or Debian's package index. Throws a SetUpError that names each.
 * @param {string} cache the project's cache folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ binary: string, summary: string }>}
 */
export function findRedisServer(cache, env) {
  return findProgram(
    {
      name: 'redis-server',
      least: MIN_REDIS_SERVER,
      setting: 'SLIPSTREAM_REDIS_SERVER',
      remedy: 'on macOS: brew install redis',
      origins: [["Debian's package index", () => unpackRedisFromDebian(cache)]],
    },
    cache,
    env,
  );
}
