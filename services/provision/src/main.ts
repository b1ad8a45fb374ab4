import { createLogger, stopTelemetry } from '@slipstream/telemetry';
import { readConfig } from './config.ts';
import { runProvision } from './service.ts';

const log = createLogger('provision');
try {
  const made = await runProvision(readConfig(process.env));
  log.info({ made }, 'provisioned');
} catch (err) {
  log.fatal({ err }, 'provisioning failed');
  process.exitCode = 1;
}
await stopTelemetry();
process.exit();
