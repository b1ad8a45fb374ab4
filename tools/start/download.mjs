// @ts-check
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SetUpError } from './progress.mjs';
import { capture } from './run.mjs';

/** A host that is behind a wall is given up quickly, for there may be another source. */
const ANSWER_LIMIT_MS = 5_000;
const STALL_LIMIT_MS = 30_000;

/**
 * The bytes at an address. Throws when the server does not answer within 5 s, answers anything but
 * 2xx, or sends nothing for 30 s.
 * @param {string} url
 * @returns {Promise<Buffer>}
 */
export async function download(url) {
  const abort = new AbortController();
  const giveUp = () => abort.abort(new SetUpError(`${new URL(url).host} does not answer`));
  let timer = setTimeout(giveUp, ANSWER_LIMIT_MS);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || !response.body) throw new SetUpError(`${url} answered ${response.status}`);
    const parts = [];
    for await (const part of response.body) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, STALL_LIMIT_MS);
      parts.push(part);
    }
    return Buffer.concat(parts);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Throws unless the bytes have the SHA-256 that a list of the form `<hex>  <name>` gives for the name.
 * @param {Buffer} bytes
 * @param {string} name
 * @param {string} list
 */
export function verifyChecksum(bytes, name, list) {
  const line = list.split('\n').find((candidate) => candidate.trim().split(/\s+\*?/)[1] === name);
  const expected = line?.trim().split(/\s+/)[0];
  if (!expected) throw new SetUpError(`the list of checksums has no ${name}`);
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual === expected) return;
  throw new SetUpError(`${name} is not what was published: SHA-256 ${actual}, not ${expected}`);
}

/**
 * Unpacks a `.tar.gz` or `.zip` with the machine's tar (Windows' own tar reads both).
 * @param {string} archive
 * @param {string} folder
 */
export async function unpack(archive, folder) {
  const { ok, text } = await capture('tar', ['-xf', archive, '-C', folder], { timeoutMs: 120_000 });
  if (!ok) throw new SetUpError(`${archive} could not be unpacked: ${text}`);
}

/**
 * Fills a folder of the cache in one move, so that an interrupted or a second set-up never leaves
 * or finds half of it.
 * @param {string} target
 * @param {(folder: string) => Promise<string>} fill makes the content in a temporary folder and
 *   returns the path that becomes the target
 */
export async function fillCache(target, fill) {
  await mkdir(dirname(target), { recursive: true });
  const folder = await mkdtemp(join(dirname(target), '.new-'));
  try {
    const content = await fill(folder);
    await rm(target, { recursive: true, force: true });
    await rename(content, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
