/** `node tools/bench/process.ts <system> <role> <url> [<folder>]`: one process of a measured system. */
import { serveCalls } from './remote.ts';
import { producer, worker } from './roles.ts';
import { openBullmq } from './systems/bullmq.ts';
import { openRawJetstream } from './systems/raw-jetstream.ts';
import { followSlipstream, openSlipstream } from './systems/slipstream.ts';

const [system = '', role, url = '', folder = ''] = process.argv.slice(2);
const open = { slipstream: openSlipstream, bullmq: openBullmq, raw: openRawJetstream }[system];
if (!open) throw new Error(`no system is called '${system}'`);
const ready = async (): Promise<void> => undefined;
if (role === 'producer') serveCalls({ ready, ...producer(await open(url)) });
else if (role === 'worker') serveCalls({ ready, ...worker(await open(url)) });
else serveCalls({ ready, ...(await followSlipstream(url, folder)) });
