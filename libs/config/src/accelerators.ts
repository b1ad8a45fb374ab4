import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { Type } from 'typebox';

/** For every service that can use one. */
export const acceleratorSettings = {
  SLIPSTREAM_ACCELERATORS_DIR: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'Folder of what `npm run add` has added. Default: `.cache/accelerators` of the project',
    }),
  ),
};

/** Where `npm run add` puts accelerators. */
export const acceleratorsFolder = resolve(import.meta.dirname, '../../../.cache/accelerators');

/** The entry file of a package of an accelerator; undefined when it has not been added. */
export function findAccelerator(
  accelerator: string,
  packageName: string,
  folder: string = acceleratorsFolder,
): string | undefined {
  try {
    return createRequire(join(folder, accelerator, 'main.js')).resolve(packageName);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
