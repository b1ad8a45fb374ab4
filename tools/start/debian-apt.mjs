// @ts-check
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SetUpError } from './progress.mjs';
import { capture } from './run.mjs';

/*
 * Fetching packages of Debian without installing them: apt with folders of its own, which checks
 * their origin by Debian's key and the index's SHA-256. The system's own lists are not touched, and
 * no root is needed.
 */

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * The mirror and the name of the release of this machine. Throws where it is not Debian.
 * @returns {Promise<{ mirror: string, codename: string }>}
 */
export async function debianMirror() {
  if (!existsSync(KEYRING)) throw new SetUpError('this is not a Debian system');
  const release = await readFile('/etc/os-release', 'utf8');
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(release)?.[1] ?? 'stable';
  const ownIndex = await capture('apt-get', ['update', '--print-uris']);
  const mirror = findMirror(ownIndex.out, codename);
  if (mirror === undefined) throw new SetUpError("apt's own sources name no mirror of Debian");
  return { mirror, codename };
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
 * The options of an apt that keeps everything in `folder` and knows one suite.
 * @param {string} folder
 * @param {string} mirror
 * @param {string} suite
 * @returns {Promise<string[]>}
 */
export async function privateApt(folder, mirror, suite) {
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
 * Runs apt-get, or throws with its own words.
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<string>} what it wrote on its output
 */
export async function apt(args, cwd) {
  const { ok, out, text } = await capture('apt-get', args, { cwd, timeoutMs: 180_000 });
  if (!ok) throw new SetUpError(text.split('\n').slice(0, 4).join('\n'));
  return out;
}
