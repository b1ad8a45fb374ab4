import { parentPort } from 'node:worker_threads';
import type { ThreadMessage } from '../src/use-lite/worker-thread.ts';

/**
 * `pass` is answered, `wait` is answered when the gate opens, the others end the thread or the
 * request.
 */
export interface GateRequest {
  readonly do: 'pass' | 'wait' | 'exit' | 'throw' | 'fail';
  readonly name?: string;
  readonly gate?: Int32Array;
}

const port = parentPort;
if (!port) throw new Error('gate-thread.ts runs as a worker thread only');
const post = (message: ThreadMessage<string>) => port.postMessage(message);

port.on('message', (request: GateRequest) => {
  if (request.do === 'exit') process.exit(3);
  if (request.do === 'throw') throw new Error('out of memory');
  if (request.do === 'fail') return post({ type: 'failed', message: 'cannot read that' });
  if (request.gate) Atomics.wait(request.gate, 0, 0);
  post({ type: 'reply', reply: request.name ?? '' });
});
post({ type: 'ready' });
