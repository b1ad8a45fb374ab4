import { accessSync, constants, globSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const projectRoot = resolve(import.meta.dirname, '../../..');

/**
 * Path of the nats-server to test with: the setting `SLIPSTREAM_NATS_SERVER` (`npm test` sets it),
 * then the project's cache (always new enough, the bootstrap filled it), then the PATH.
 * Throws when there is none.
 */
export function findNatsServer(env: NodeJS.ProcessEnv = process.env, root = projectRoot): string {
  const setting = env['SLIPSTREAM_NATS_SERVER'];
  if (setting) return setting;
  const cached = globSync('.cache/nats-server-*/nats-server{,.exe}', { cwd: root }).map((path) =>
    join(root, path),
  );
  const onPath = (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => [join(folder, 'nats-server'), join(folder, 'nats-server.exe')]);
  const found = [...cached, ...onPath].find(isExecutable);
  if (found) return found;
  throw new Error(
    'no nats-server found: run the tests with `npm run check`, which fetches one, or set SLIPSTREAM_NATS_SERVER to the path of a nats-server of at least 2.12',
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
