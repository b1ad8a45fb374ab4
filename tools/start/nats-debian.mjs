// @ts-check
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { apt, debianMirror, privateApt } from './debian-apt.mjs';
import { fillCache } from './download.mjs';
import { SetUpError, say } from './progress.mjs';
import { capture } from './run.mjs';
import { findVersion, isAtLeast, MIN_NATS_SERVER } from './versions.mjs';

/** Newer than the stable release. The binary needs only a C library of Debian 12 or newer. */
const SUITES = ['testing', 'sid'];

/**
 * On Debian: apt with folders of its own fetches the package, whose origin it checks by Debian's
 * key and the index's SHA-256, and dpkg unpacks it into the cache. Nothing is installed, the
 * system's own lists are not touched, and no root is needed.
 * @param {string} cache
 * @param {string} binary file name of the program
 * @returns {Promise<string>} path of the program
 */
export async function unpackFromDebian(cache, binary) {
  const { mirror } = await debianMirror();
  const problems = [];
  for (const suite of SUITES) {
    say(`nats-server  fetching Debian ${suite}'s package (16 MB, kept in .cache)`);
    const target = join(cache, `nats-server-debian-${suite}`);
    try {
      await fillCache(target, (folder) => fetchPackage(folder, mirror, suite, binary));
      return join(target, binary);
    } catch (error) {
      problems.push(`${suite}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new SetUpError(problems.join('\n'));
}

/**
 * @param {string} folder
 * @param {string} mirror
 * @param {string} suite
 * @param {string} binary
 */
async function fetchPackage(folder, mirror, suite, binary) {
  const options = [...(await privateApt(folder, mirror, suite)), '-oDir::State::Status=/dev/null'];
  await apt([...options, 'update'], folder);
  const offered = await apt([...options, '--print-uris', 'download', 'nats-server'], folder);
  const version = findVersion(/nats-server_\S+/.exec(offered)?.[0] ?? '');
  if (!version || !isAtLeast(version, MIN_NATS_SERVER))
    throw new SetUpError(`has nats-server ${version ?? 'not at all'}`);
  await apt([...options, 'download', 'nats-server'], folder);
  const archive = (await readdir(folder)).find((name) => name.endsWith('.deb')) ?? '';
  const unpacked = await capture('dpkg', ['-x', archive, 'files'], { cwd: folder });
  if (!unpacked.ok) throw new SetUpError(unpacked.text);
  await mkdir(join(folder, 'program'));
  await rename(join(folder, 'files/usr/sbin', binary), join(folder, 'program', binary));
  return join(folder, 'program');
}
