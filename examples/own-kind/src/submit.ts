/** `node src/submit.ts URL...`: submits a task for each and prints their ids. */
import { readEnv } from '@slipstream/config';
import { connect, provision } from '@slipstream/jetstream';
import { createEventLog, submitMany } from '@slipstream/tasklog';
import { workerSettings } from '@slipstream/worker';
import { Type } from 'typebox';
import { checkLink } from './check-link.ts';

const { SLIPSTREAM_NATS_URL: url } = readEnv(Type.Object(workerSettings), process.env);
await using bus = await connect({ url, name: 'own-kind-submit' });
await provision(bus);
const log = createEventLog(bus);
const links = process.argv.slice(2);
const submitted = await submitMany(
  bus,
  log,
  links.map((link) => ({ definition: checkLink, payload: { url: link } })),
);
await log.flush();
for (const { task } of submitted) process.stdout.write(`${task.id}\n`);
