// @ts-check
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChecks, tallyLine } from './checks.mjs';
import { findNatsServer } from './nats-binary.mjs';
import { findNode, withNodeFirst } from './node-runtime.mjs';
import { installPackages } from './packages.mjs';
import { SetUpError, say, step } from './progress.mjs';
import { findRedisServer } from './redis-binary.mjs';
import { runInTerminal } from './run.mjs';

/*
 * `npm start`, `npm test`, `npm run check` and `npm run bench` on a machine that has only git and Node 20: this
 * needs no package, gets what is missing, and hands over. It begins in the machine's Node and goes
 * on in Node 24, which reads the proxy settings of the environment for its downloads.
 */

const self = fileURLToPath(import.meta.url);
const root = resolve(self, '../../..');
const cache = join(root, '.cache');

const INSIDE = '--inside';
const given = process.argv.slice(2);
const inside = given[0] === INSIDE;
const [command = '', ...rest] = inside ? given.slice(1) : given;
const extra = rest[0] === '--' ? rest.slice(1) : rest;

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  if (command === 'test' || command === 'check') say(`\n${tallyLine({ passed: 0, failed: 1 })}`);
  process.exitCode = 1;
}

/** @returns {Promise<number>} exit code */
async function main() {
  if (!['start', 'test', 'check', 'bench'].includes(command))
    throw new SetUpError(`bootstrap.mjs does start, test, check or bench, not '${command}'`);
  if (!inside) {
    const { node } = await step('Node', () => findNode(cache, process.env));
    const args = ['--use-env-proxy', self, INSIDE, command, ...extra];
    return runInTerminal(node, args, { env: withNodeFirst(process.env, node, root) });
  }
  const { env } = process;
  const purpose = command === 'start' ? 'run' : 'develop';
  await step('packages', () => installPackages(root, purpose, env));
  const { binary } = await step('nats-server', () => findNatsServer(cache, env));
  // Sources are parsed once per version of Node, and not by every process and thread again.
  const compiled = { NODE_COMPILE_CACHE: join(cache, 'compile-cache') };
  const childEnv = { ...compiled, ...env, SLIPSTREAM_NATS_SERVER: resolve(binary) };
  if (command === 'test' || command === 'check') return runChecks(command, extra, root, childEnv);
  if (command === 'bench') {
    const redis = await step('redis-server', () => findRedisServer(cache, env));
    const withRedis = { ...childEnv, SLIPSTREAM_REDIS_SERVER: resolve(redis.binary) };
    return runScript('tools/bench/bench.ts', withRedis);
  }
  return runScript('tools/start/supervisor.ts', childEnv);
}

/**
 * @param {string} path
 * @param {NodeJS.ProcessEnv} env
 */
function runScript(path, env) {
  const args = ['--disable-warning=ExperimentalWarning', join(root, path), ...extra];
  return runInTerminal(process.execPath, args, { cwd: root, env });
}
