// @ts-check
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fillCache } from './download.mjs';
import { SetUpError, say } from './progress.mjs';
import { capture } from './run.mjs';
import { findVersion, isAtLeast, MIN_NATS_SERVER } from './versions.mjs';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

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
  if (!existsSync(KEYRING)) throw new SetUpError('this is not a Debian system');
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1];
  const ownIndex = await capture('apt-get', ['update', '--print-uris']);
  const mirror = findMirror(ownIndex.out, codename ?? 'stable');
  if (mirror === undefined) throw new SetUpError("apt's own sources name no mirror of Debian");
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
 * The mirror that the machine's own apt uses for Debian's archive: of the addresses that
 * `apt-get update --print-uris` lists, the one that has this release and its updates.
 * @param {string} uris
 * @param {string} codename
 * @returns {string | undefined}
 */
export function findMirror(uris, codename) {
  const bases = [...uris.matchAll(/^'([^']+)\/dists\/([^/]+)\/InRelease'/gm)];
  const withUpdates = new Set(
    bases.filter(([, , suite]) => suite === `${codename}-updates`).map(([, base]) => base),
  );
  return bases.find(([, base, suite]) => suite === codename && withUpdates.has(base))?.[1];
}

/**
 * @param {string} folder
 * @param {string} mirror
 * @param {string} suite
 * @param {string} binary
 */
async function fetchPackage(folder, mirror, suite, binary) {
  const options = await privateApt(folder, mirror, suite);
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

/**
 * @param {string} folder
 * @param {string} mirror
 * @param {string} suite
 */
async function privateApt(folder, mirror, suite) {
  await mkdir(join(folder, 'lists/partial'), { recursive: true });
  await mkdir(join(folder, 'archives/partial'), { recursive: true });
  await writeFile(
    join(folder, 'sources.list'),
    `deb [signed-by=${KEYRING}] ${mirror} ${suite} main\n`,
  );
  return [
    `-oDir::Etc::SourceList=${join(folder, 'sources.list')}`,
    '-oDir::Etc::SourceParts=/dev/null',
    `-oDir::State=${folder}`,
    '-oDir::State::Status=/dev/null',
    `-oDir::Cache=${folder}`,
    '-oAcquire::Languages=none',
    '-oAcquire::Retries=1',
    '-oAcquire::http::Timeout=10',
    '-oAPT::Sandbox::User=', // the folder belongs to us, apt's own user may not enter it
    '-oAPT::Update::Post-Invoke-Success=',
    '-qq',
  ];
}

/**
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<string>} what it wrote on its output
 */
async function apt(args, cwd) {
  const { ok, out, text } = await capture('apt-get', args, { cwd, timeoutMs: 180_000 });
  if (!ok) throw new SetUpError(text.split('\n').slice(0, 4).join('\n'));
  return out;
}
