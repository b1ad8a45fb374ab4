import { join, resolve } from 'node:path';
import { lockDataDir } from './data-lock.ts';
import { startLocalSystem } from './local-system.ts';
import { prepareNats } from './nats-config.ts';
import { createOutput, type Output } from './output.ts';
import { checkPorts, wantedPorts } from './ports.ts';
import { provisionProgram, servicePrograms } from './programs.ts';
import { readSettings, type Settings, SettingsError } from './settings.ts';
import { stopOnSignals } from './stop-signals.ts';
import { welcome } from './welcome.ts';

/*
 * The local system: nats-server and every service as a process of its own, started again when it
 * dies, stopped in order by one Ctrl-C. `supervisor.ts [folder of the project]`
 */

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '../..'));

try {
  const settings = readSettings(process.env, root);
  const output = createOutput(settings.logFormat, (text) => process.stdout.write(text));
  await supervise(settings, output);
} catch (error) {
  const text = error instanceof SettingsError ? error.message : inspectable(error);
  process.stderr.write(`\n${text}\n`);
  process.exitCode = 1;
}

async function supervise(settings: Settings, output: Output): Promise<void> {
  const startedAt = performance.now();
  await using lock = await lockDataDir(settings.dataDir);
  for (const name of lock.leftovers)
    output.say('warn', `stopped ${name} of a start that was killed`);
  await checkPorts(wantedPorts(settings));

  const stop = stopOnSignals(output);
  const parts = {
    nats: await prepareNats(settings, process.env),
    provision: provisionProgram(settings, root, process.env),
    services: servicePrograms(settings, root, process.env),
  };
  try {
    await using system = await startLocalSystem(parts, output, lock, stop.signal);
    await system.ready();
    output.show(welcome(settings, (performance.now() - startedAt) / 1000));
    output.say('info', 'ready', { port: settings.port });
    await stop.requested;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  output.say('info', 'everything is stopped');
}

function inspectable(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
