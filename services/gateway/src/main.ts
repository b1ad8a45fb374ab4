import { runService } from '@slipstream/worker';
import { readConfig } from './config.ts';
import { startService } from './service.ts';

await runService(() => startService(readConfig(process.env)));
