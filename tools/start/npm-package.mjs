// @ts-check
import { join } from 'node:path';
import { unpack } from './download.mjs';
import { npmCommand } from './npm.mjs';
import { SetUpError } from './progress.mjs';
import { capture } from './run.mjs';

/**
 * Fetches one package with the machine's npm and unpacks it to `package` in the folder. Its scripts
 * do not run and its dependencies are not fetched. Throws when its SHA-512 is not the given one.
 * @param {string} folder
 * @param {string} name
 * @param {string} version
 * @param {string | undefined} integrity
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>} the path of the unpacked package
 */
export async function unpackNpmPackage(folder, name, version, integrity, env) {
  const [file, ...first] = npmCommand(env);
  const args = [...first, 'pack', '--json', '--loglevel=error', `${name}@${version}`];
  const { ok, out, text } = await capture(file, args, { cwd: folder, env, timeoutMs: 300_000 });
  if (!ok) throw new SetUpError(/"summary": "(.*)"/.exec(out)?.[1] ?? text.slice(-300));
  const [packed] = JSON.parse(out);
  if (integrity && packed.integrity !== integrity)
    throw new SetUpError(`${name} is not what was published: ${packed.integrity}`);
  await unpack(join(folder, packed.filename), folder);
  return join(folder, 'package');
}
