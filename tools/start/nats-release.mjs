// @ts-check
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { download, fillCache, unpack, verifyChecksum } from './download.mjs';
import { SetUpError, say } from './progress.mjs';
import { NATS_SERVER_VERSION } from './versions.mjs';

/** Go's names of platforms, as the archives of nats-server carry them. */
const SYSTEMS = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
const PROCESSORS = { x64: 'amd64', arm64: 'arm64', arm: 'arm7', ia32: '386' };

/**
 * Name of the official archive, without its ending: `nats-server-v2.15.1-linux-amd64`.
 * @param {string} platform
 * @param {string} arch
 */
export function releaseName(platform, arch) {
  const system = /** @type {Record<string, string>} */ (SYSTEMS)[platform];
  const processor = /** @type {Record<string, string>} */ (PROCESSORS)[arch];
  if (!system || !processor) throw new SetUpError(`has nothing for ${platform} on ${arch}`);
  return `nats-server-v${NATS_SERVER_VERSION}-${system}-${processor}`;
}

/**
 * Fetches the release, checks it against the release's SHA256SUMS and keeps it in the cache.
 * @param {string} cache
 * @param {string} binary file name of the program
 * @returns {Promise<string>} path of the program
 */
export async function unpackRelease(cache, binary) {
  const name = releaseName(process.platform, process.arch);
  const archive = `${name}.${process.platform === 'win32' ? 'zip' : 'tar.gz'}`;
  const site = `https://github.com/nats-io/nats-server/releases/download/v${NATS_SERVER_VERSION}`;
  const checksums = (await download(`${site}/SHA256SUMS`)).toString();
  say(`nats-server  fetching ${archive} (7 MB, kept in .cache)`);
  const bytes = await download(`${site}/${archive}`);
  verifyChecksum(bytes, archive, checksums);
  const target = join(cache, `nats-server-${NATS_SERVER_VERSION}`);
  await fillCache(target, async (folder) => {
    await writeFile(join(folder, archive), bytes);
    await unpack(join(folder, archive), folder);
    return join(folder, name);
  });
  return join(target, binary);
}
