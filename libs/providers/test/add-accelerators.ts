import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const command = resolve(import.meta.dirname, '../../../tools/start/add.mjs');

/** `npm run add -- <names>`: fetches what is not in the project's cache yet. */
export const addAccelerators = (...names: readonly string[]) =>
  promisify(execFile)(process.execPath, [command, ...names]);
