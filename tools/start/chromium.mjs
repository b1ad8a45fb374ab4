// @ts-check
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { messageOf, notFound, SetUpError, say } from './progress.mjs';
import { capture, runInTerminal } from './run.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * A Chromium of this machine: the setting `SLIPSTREAM_CHROMIUM`, the PATH, or, for root on Debian,
 * the package `chromium`, which is installed. Throws a SetUpError that says what to do.
 * @param {NodeJS.ProcessEnv} env
 * @param {() => Promise<void>} [install]
 * @returns {Promise<{ path: string, summary: string }>}
 */
export async function findBrowser(env, install = installFromDebian) {
  const setting = env['SLIPSTREAM_CHROMIUM'];
  if (setting)
    return { path: setting, summary: `${await versionOf(setting)}, from SLIPSTREAM_CHROMIUM` };
  /** @type {[string, () => Promise<string>][]} */
  const sources = [
    ['the PATH', async () => onPath(env)],
    ["Debian's package", () => install().then(() => onPath(env))],
  ];
  const tried = [];
  for (const [name, source] of sources) {
    try {
      const path = await source();
      return { path, summary: `${await versionOf(path)}, from ${name}` };
    } catch (error) {
      tried.push(`${name}: ${messageOf(error)}`);
    }
  }
  throw notFound(
    'Chromium',
    tried,
    'Install it (on Debian: sudo apt-get install chromium) and run again: npm run add -- chromium\nOr say where it is: SLIPSTREAM_CHROMIUM=/path/to/chromium npm run add -- chromium',
  );
}

/** @param {NodeJS.ProcessEnv} env */
function onPath(env) {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const path = found.find((candidate) => existsSync(candidate));
  if (!path) throw new SetUpError(`there is no ${NAMES.join(', ')}`);
  return path;
}

async function installFromDebian() {
  if (!existsSync('/etc/debian_version')) throw new SetUpError('this is not a Debian system');
  if (process.getuid?.() !== 0) throw new SetUpError('only root can install it');
  say('chromium     installing the package chromium and what it needs with apt-get');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-qq'],
    ['install', '--yes', '-qq', '--no-install-recommends', 'chromium'],
  ]) {
    const code = await runInTerminal('apt-get', args, { env });
    if (code !== 0) throw new SetUpError(`apt-get ${args[0]} ended with ${code} (see above)`);
  }
}

/** @param {string} path */
async function versionOf(path) {
  if (!existsSync(path)) throw new SetUpError(`there is no ${path}`);
  const { ok, text } = await capture(path, ['--version']);
  const version = /(?:Chromium|Chrome)\s[\d.]+/.exec(text)?.[0];
  if (!ok || !version) throw new SetUpError(`${path} does not run as a browser: ${text}`);
  return version;
}
