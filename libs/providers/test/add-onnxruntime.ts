import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const command = resolve(import.meta.dirname, '../../../tools/start/add.mjs');

/** `npm run add -- onnxruntime`: fetches it unless it is in the project's cache. */
export const addOnnxRuntime = () => promisify(execFile)(process.execPath, [command, 'onnxruntime']);
