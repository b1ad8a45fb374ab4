import { chmod, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findBrowser } from './chromium.mjs';

/** A program that says that it is this version of a browser. */
async function putBrowser(path: string, version: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\necho "${version} built on Debian"\n`);
  await chmod(path, 0o755);
}

const temporaryFolder = () => mkdtempDisposable(join(tmpdir(), 'chromium-'));
const refuse = async () => {
  throw new Error('only root can install it');
};

test('a browser on the PATH is taken, and nothing is installed', async () => {
  await using folder = await temporaryFolder();
  await putBrowser(join(folder.path, 'google-chrome'), 'Google Chrome 156.0.1.2');
  expect(await findBrowser({ PATH: folder.path }, refuse)).toEqual({
    path: join(folder.path, 'google-chrome'),
    summary: 'Chrome 156.0.1.2, from the PATH',
  });
});

test('the setting goes before the PATH, and must be a browser', async () => {
  await using folder = await temporaryFolder();
  const mine = join(folder.path, 'mine');
  await putBrowser(mine, 'Chromium 157.0.0.1');
  const found = await findBrowser({ SLIPSTREAM_CHROMIUM: mine, PATH: '' }, refuse);
  expect(found).toEqual({ path: mine, summary: 'Chromium 157.0.0.1, from SLIPSTREAM_CHROMIUM' });
  await putBrowser(mine, 'cat 9.1');
  const env = { SLIPSTREAM_CHROMIUM: mine, PATH: '' };
  await expect(findBrowser(env, refuse)).rejects.toThrow('does not run as a browser: cat 9.1');
});

test('where there is none, it is installed', async () => {
  await using folder = await temporaryFolder();
  const install = () => putBrowser(join(folder.path, 'chromium'), 'Chromium 156.0.0.1');
  const found = await findBrowser({ PATH: folder.path }, install);
  expect(found.summary).toBe("Chromium 156.0.0.1, from Debian's package");
});

test('where it cannot be installed, everything that was tried is named, and what to do', async () => {
  await expect(findBrowser({ PATH: '' }, refuse)).rejects.toThrow(
    /^Chromium could not be had.*only root can install it\nInstall it .*npm run add -- chromium/s,
  );
});
