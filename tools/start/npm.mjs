// @ts-check
import { existsSync, realpathSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';

/**
 * The machine's own npm, with its own settings and registry, as a program and its first arguments:
 * `[node, npm-cli.js]`, run by the Node that runs us. `npm start` tells where it is; otherwise the
 * PATH does.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} node
 * @returns {[string, ...string[]]}
 */
export function npmCommand(env, node = process.execPath) {
  const told = env['npm_execpath'];
  if (told && /^npm(-cli)?\.[cm]?js$/.test(basename(told)) && existsSync(told)) return [node, told];
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const scripts = [join(folder, 'npm'), join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js')];
    const script = scripts.filter((path) => existsSync(path)).map((path) => realpathSync(path));
    const cli = script.find((path) => path.endsWith('.js'));
    if (cli) return [node, cli];
  }
  return ['npm'];
}
