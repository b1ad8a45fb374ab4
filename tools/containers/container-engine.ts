import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const projectRoot = resolve(import.meta.dirname, '../..');

/** Set by people without an engine. Anywhere else its absence is a failure, not a reason to skip. */
export const withoutContainers = process.env['SKIP_CONTAINERS'] === '1';

if (withoutContainers) process.stderr.write('SKIP_CONTAINERS=1: container suites are left out\n');

/**
 * Has `engine.sh` find an engine or start one, and tells Docker's tools in this process where it
 * is. Rejects with the script's own advice when there is none.
 */
export async function prepareEngine(): Promise<void> {
  const { stdout } = await run('bash', [join(import.meta.dirname, 'engine.sh')]).catch(
    ({ stderr }: { stderr: string }) => {
      throw new Error(stderr.trim());
    },
  );
  process.env['DOCKER_HOST'] = stdout.trim();
  // Its image would have to be pulled, and every suite here takes away what it has started.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
}

/** Runs `docker`, and resolves with what it wrote on its output. Rejects with all that it wrote. */
export async function docker(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const options = { cwd: projectRoot, env: { ...process.env, ...env }, maxBuffer: 64 << 20 };
  const { stdout } = await run('docker', args, options).catch((error) => {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`docker ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  });
  return stdout.trim();
}
