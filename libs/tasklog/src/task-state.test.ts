import { connect, serveMicro } from '@slipstream/jetstream';
import { startNatsServer } from '@slipstream/testing';
import { expect, test } from 'vitest';
import { askTaskState } from './task-state.ts';

test('a question to a projection that starts a moment later is answered; without one there is no answer', async () => {
  await using nats = await startNatsServer();
  await using bus = await connect({ url: nats.url, name: 'test' });
  expect(await askTaskState(bus, 'nobody is there', 150)).toBeUndefined();
  const asked = askTaskState(bus, 'a task');
  await bus.flush();
  const handle = () => ({ run: 1, state: 'running', attempt: 3 });
  serveMicro(bus, {
    name: 'late',
    version: '0.1.0',
    description: 'Answers after the question',
    endpoints: [{ name: 'task-state', subject: 'slipstream.task-state', handle }],
  });
  expect(await asked).toEqual({ run: 1, state: 'running', attempt: 3 });
});
