/** See keep-alive.ts. Gets lists of reply subjects, messages to repeat, and `null` to stop. */
import { parentPort, workerData } from 'node:worker_threads';
import { answers, connect } from '@slipstream/jetstream';
import type { Beat } from './keep-alive.ts';

/** Well below `ack_wait` (4 s on one server, 12 s in a cluster). */
const EVERY_MS = 1_000;

const port = parentPort;
if (!port) throw new Error('keep-alive-thread.ts runs as a worker thread');
const { url, name } = workerData as { url: string; name: string };
const bus = await connect({ url, name: `${name}-keep-alive` });
let inHand: readonly string[] = [];
const beats = new Map<string, string>();

const timer = setInterval(() => {
  if (bus.connection.isClosed()) return;
  for (const reply of inHand) bus.connection.publish(reply, answers.working);
  for (const [subject, body] of beats) bus.connection.publish(subject, body);
}, EVERY_MS);

port.on('message', (message: readonly string[] | Beat | null) => {
  if (message && 'subject' in message) {
    if (message.body === undefined) beats.delete(message.subject);
    else beats.set(message.subject, message.body);
  } else if (message) inHand = message;
  else {
    clearInterval(timer);
    void bus[Symbol.asyncDispose]().then(() => port.close());
  }
});
