import { subjects } from '@slipstream/contracts';
import { encodeHeaders } from '@slipstream/jetstream';
import { createEventLog } from '@slipstream/tasklog';
import { expect, test } from 'vitest';
import { startGateway } from './gateway.ts';
import { readEvents } from './read-events.ts';

test('a stream of events outlives a restart of NATS without gap or duplicate', async () => {
  await using gateway = await startGateway();
  const { bus, nats } = gateway;
  const payload = { question: 'Does it hold?' };
  const { body } = await gateway.post('/v1/tasks', { kind: 'answer-question', payload });
  const id = String(body['id']);
  const say = (token: string) =>
    bus.publisher.publishSurely(
      subjects.live(id),
      JSON.stringify({ type: 'token', at: new Date().toISOString(), data: token }),
      encodeHeaders({ 'Nats-Msg-Id': `${id}-${token}` }),
    );

  const connected = Promise.withResolvers<void>();
  const reading = readEvents(`${gateway.url}/v1/tasks/${id}/events`, {}, ({ event, data }) => {
    if (event === 'token' && String(data) === 'one') connected.resolve();
    return event === 'result';
  });
  await say('one');
  await connected.promise;
  await nats.restart();
  for (const token of ['two', 'three', 'four']) await say(token);
  const common = { id, run: 1, category: 'rag', at: new Date().toISOString() } as const;
  await createEventLog(bus).append({ ...common, type: 'cancelled' });

  const events = await reading;
  expect(events.map(({ event }) => event)).toEqual([
    'state',
    'token',
    'token',
    'token',
    'token',
    'state',
    'result',
  ]);
  expect(events.filter(({ event }) => event === 'token').map(({ data }) => data)).toEqual([
    'one',
    'two',
    'three',
    'four',
  ]);
});
