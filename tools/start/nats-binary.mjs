// @ts-check
import { fileName, findProgram } from './find-program.mjs';
import { unpackFromDebian } from './nats-debian.mjs';
import { unpackRelease } from './nats-release.mjs';
import { MIN_NATS_SERVER } from './versions.mjs';

/**
 * A nats-server of at least 2.12: the setting `SLIPSTREAM_NATS_SERVER`, the PATH, the project's
 * cache, the official release, or Debian's package index. Throws a SetUpError that names each.
 * @param {string} cache the project's cache folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ binary: string, summary: string }>}
 */
export function findNatsServer(cache, env) {
  const file = fileName('nats-server');
  return findProgram(
    {
      name: 'nats-server',
      least: MIN_NATS_SERVER,
      setting: 'SLIPSTREAM_NATS_SERVER',
      remedy: 'https://docs.nats.io, on macOS: brew install nats-server',
      origins: [
        ['the official release', () => unpackRelease(cache, file)],
        ["Debian's package index", () => unpackFromDebian(cache, file)],
      ],
    },
    cache,
    env,
  );
}
