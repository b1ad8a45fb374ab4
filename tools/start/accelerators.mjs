// @ts-check
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { findBrowser } from './chromium.mjs';
import { fillCache } from './download.mjs';
import { unpackNpmPackage } from './npm-package.mjs';
import { messageOf, SetUpError, say } from './progress.mjs';

/**
 * What can be added to a set-up that works without it. Nothing of it is a dependency: it lies in
 * `accelerators/` of the project's cache, where services look for it when a setting asks for it.
 * @typedef {{ name: string, gives: string, size: string,
 *   add: (cache: string, env: NodeJS.ProcessEnv) => Promise<{ summary: string }> }} Accelerator
 */

/** @type {readonly Accelerator[]} */
export const accelerators = [
  {
    name: 'onnxruntime',
    gives: 'SLIPSTREAM_EMBEDDER=use-lite-onnx: the vectors of use-lite, 5 to 6 times faster',
    size: '50 MB',
    add: addOnnxRuntime,
  },
  {
    name: 'local-models',
    gives: 'onnx-folder: sentence models and cross-encoders in a folder of yours, with onnxruntime',
    size: '1 MB',
    add: addLocalModels,
  },
  {
    name: 'chromium',
    gives:
      'pages that scripts make are rendered, by the Chromium of this machine (or Debian: 400 MB)',
    size: '14 MB',
    add: addChromium,
  },
];

/**
 * A package of npm that is fetched without its dependencies and scripts.
 * @typedef {{ name: string, version: string, integrity: string }} Pinned
 */

/** @type {readonly Pinned[]} */
const ONNX_RUNTIME = [
  {
    name: 'onnxruntime-node',
    version: '1.30.0',
    integrity:
      'sha512-twhs1C2C/BFkz1yc5OY0KIU2GUq6DURO7hD4bx5Q2Qy3nAMJwRXW8xU3NVczE29VA9lolLOYepoD8fjTGOfIqw==',
  },
  {
    name: 'onnxruntime-common',
    version: '1.30.0',
    integrity:
      'sha512-7fdVWjAID1dVhH/G8qK3APARunV4VkBFoCQAP7qp4Wkab0mrorvmc+sqiT+mKXOzDqdjN5j+/Z9nb4gzNPWcyA==',
  },
];

/**
 * onnxruntime-node has the CPU libraries of every platform in its package; those of this platform
 * are kept. Its other dependencies serve only its install script, which fetches CUDA and does not
 * run here.
 * @param {string} cache the project's cache folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ summary: string }>}
 */
export async function addOnnxRuntime(cache, env) {
  return addPackages(cache, 'onnxruntime', ONNX_RUNTIME, env, async (modules) => {
    const bin = join(modules, 'onnxruntime-node/bin/napi-v6');
    for (const platform of await readdir(bin)) {
      const archs = await readdir(join(bin, platform));
      for (const arch of archs.filter((arch) => `${platform}-${arch}` !== here))
        await rm(join(bin, platform, arch), { recursive: true });
    }
    if (!existsSync(join(bin, process.platform, process.arch)))
      throw new SetUpError(`onnxruntime-node has nothing for ${here}; use-lite works without it`);
  });
}

/** @type {readonly Pinned[]} */
const TOKENIZERS = [
  {
    name: '@huggingface/tokenizers',
    version: '0.2.0',
    integrity:
      'sha512-LidMHe1FpcSYH4vcSjXooda34pC0M8m1gmDOv7SQi6Iv+ib1zX7J3sHBCC9/3FPCkn2k1b55FneVqMRxrr99pg==',
  },
];

/**
 * The tokenizers of Hugging Face in JavaScript, without dependencies.
 * @param {string} cache the project's cache folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ summary: string }>}
 */
export async function addLocalModels(cache, env) {
  return addPackages(cache, 'local-models', TOKENIZERS, env);
}

/** @type {readonly Pinned[]} */
const PLAYWRIGHT = [
  {
    name: 'playwright-core',
    version: '1.65.1',
    integrity:
      'sha512-hqPpz7blSMPxWVdoeE1yiBSzXsKiVOd2k+kjCvmUywD2GPO2Dd9HfcWnq9NN0GHbNZDFgZ9JfBFr+X5/BLo0qw==',
  },
];

/**
 * playwright-core, and beside it `chromium`, a link to the browser: the setting
 * `SLIPSTREAM_CHROMIUM`, the PATH, or Debian's package, which root's apt-get installs. Everybody
 * else is told how to install one.
 * @param {string} cache the project's cache folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ summary: string }>}
 */
export async function addChromium(cache, env) {
  const browser = await findBrowser(env);
  const { summary } = await addPackages(cache, 'chromium', PLAYWRIGHT, env);
  const link = join(cache, 'accelerators/chromium/chromium');
  await rm(link, { force: true });
  await symlink(resolve(browser.path), link);
  return { summary: `${browser.summary}; ${summary}` };
}

const here = `${process.platform}-${process.arch}`;

/**
 * Fills `accelerators/<name>/node_modules` with these very packages, unless they are there.
 * @param {string} cache
 * @param {string} name
 * @param {readonly Pinned[]} packages
 * @param {NodeJS.ProcessEnv} env
 * @param {(modules: string) => Promise<void>} [trim]
 */
async function addPackages(cache, name, packages, env, trim) {
  const target = join(cache, 'accelerators', name);
  const versions = packages.map((wanted) => `${wanted.name} ${wanted.version}`).join(', ');
  const there = await Promise.all(packages.map((wanted) => isThere(target, wanted)));
  if (there.every(Boolean)) return { summary: `${versions}, already there` };
  say(`${name.padEnd(12)} fetching ${versions} with npm`);
  try {
    await fillCache(target, async (folder) => {
      const modules = join(folder, 'added/node_modules');
      await mkdir(modules, { recursive: true });
      for (const { name: wanted, version, integrity } of packages) {
        const unpacked = await unpackNpmPackage(folder, wanted, version, integrity, env);
        await mkdir(dirname(join(modules, wanted)), { recursive: true });
        await rename(unpacked, join(modules, wanted));
      }
      await trim?.(modules);
      return dirname(modules);
    });
  } catch (error) {
    throw new SetUpError(
      `${name} could not be added: ${messageOf(error)}\nnpm fetches it from its registry (npm config get registry). Mend that and run again: npm run add -- ${name}`,
    );
  }
  return { summary: `${versions}, in ${target}` };
}

/**
 * @param {string} target
 * @param {Pinned} wanted
 */
async function isThere(target, { name, version }) {
  const manifest = join(target, 'node_modules', name, 'package.json');
  return existsSync(manifest) && JSON.parse(await readFile(manifest, 'utf8')).version === version;
}
