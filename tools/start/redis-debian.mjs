// @ts-check
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apt, debianMirror, privateApt } from './debian-apt.mjs';
import { fillCache } from './download.mjs';
import { SetUpError, say } from './progress.mjs';
import { capture } from './run.mjs';

/**
 * On Debian: fetches redis-server of the machine's own release with those of its libraries that the
 * machine lacks, and unpacks them into the cache. Nothing is installed.
 * @param {string} cache
 * @returns {Promise<string>} path of the program
 */
export async function unpackRedisFromDebian(cache) {
  const { mirror, codename } = await debianMirror();
  say(`redis-server fetching Debian ${codename}'s package (2 MB, kept in .cache)`);
  const target = join(cache, `redis-server-debian-${codename}`);
  await fillCache(target, (folder) => fetchPackages(folder, mirror, codename));
  return join(target, 'redis-server');
}

/**
 * @param {string} folder
 * @param {string} mirror
 * @param {string} codename
 */
async function fetchPackages(folder, mirror, codename) {
  const options = [...(await privateApt(folder, mirror, codename)), '-oDebug::NoLocking=1', '-y'];
  await apt([...options, 'update'], folder);
  const install = ['install', '--download-only', '--no-install-recommends', 'redis-server'];
  await apt([...options, ...install], folder);
  const files = join(folder, 'files');
  await mkdir(files);
  const archives = join(folder, 'archives');
  for (const name of await readdir(archives)) {
    if (!name.endsWith('.deb')) continue;
    const unpacked = await capture('dpkg', ['-x', join(archives, name), files]);
    if (!unpacked.ok) throw new SetUpError(unpacked.text);
  }
  await writeStarter(files);
  return files;
}

/**
 * `redis-server` beside the unpacked folders: runs the program with their libraries. The program
 * takes its role from its name, and Debian's name for it is a link.
 * @param {string} files
 */
async function writeStarter(files) {
  await cp(join(files, 'usr/bin/redis-check-rdb'), join(files, 'program/redis-server'));
  const triplets = await readdir(join(files, 'usr/lib'));
  const libraries = triplets
    .filter((name) => name.includes('-linux-'))
    .map((name) => `$here/usr/lib/${name}`)
    .join(':');
  const script = `#!/bin/sh
here=$(dirname "$0")
LD_LIBRARY_PATH="${libraries}" exec "$here/program/redis-server" "$@"
`;
  await writeFile(join(files, 'redis-server'), script, { mode: 0o755 });
}
