import { subjects } from '@slipstream/contracts';
import { startNatsServer } from '@slipstream/testing';
import { expect, test } from 'vitest';
import { connect } from './connect.ts';
import { encodeHeaders } from './headers.ts';
import { provision } from './provision.ts';
import { JS_ERRORS } from './publisher.ts';
import { taskStream } from './topology.ts';

const subject = subjects.task('batch', 'normal', 'x');

test('an acknowledged message is stored, and a repeat with its id is a duplicate', async () => {
  await using nats = await startNatsServer();
  await using bus = await connect({ url: nats.url, name: 'test' });
  await provision(bus);
  const headers = encodeHeaders({ 'Nats-Msg-Id': 'a' });
  const first = await bus.publisher.publish(subject, 'body', headers);
  expect(first).toEqual({ seq: 1, duplicate: false });
  expect(await bus.publisher.publish(subject, 'body', headers)).toEqual({
    seq: 1,
    duplicate: true,
  });
});

test('refusals carry the code of the server', async () => {
  await using nats = await startNatsServer();
  await using bus = await connect({ url: nats.url, name: 'test' });
  await provision(bus);
  const wrong = encodeHeaders({ 'Nats-Expected-Last-Subject-Sequence': '7' });
  await expect(bus.publisher.publish(subject, 'body', wrong)).rejects.toMatchObject({
    code: JS_ERRORS.wrongLastSequence,
    unanswered: false,
  });
  await expect(bus.publisher.publish('nowhere', 'body')).rejects.toMatchObject({ code: 503 });
});

test('a full queue refuses with its own code and keeps what it has', async () => {
  await using nats = await startNatsServer();
  await using bus = await connect({ url: nats.url, name: 'test' });
  await provision(bus, { replicas: 1, maxQueued: 2, maxWorkers: 1 });
  for (const id of ['1', '2']) await bus.publisher.publish(subjects.task('batch', 'low', id), '');
  await expect(bus.publisher.publish(subjects.task('batch', 'low', '3'), '')).rejects.toMatchObject(
    { code: JS_ERRORS.maxMessages },
  );
  const { state } = await bus.manager.streams.info(taskStream('batch'));
  expect(state.messages).toBe(2);
});

test('what is on its way when the connection is lost is refused at once, or stored by the repeat', async () => {
  await using nats = await startNatsServer();
  await using bus = await connect({ url: nats.url, name: 'test' });
  await provision(bus);
  await nats.kill();
  const surely = bus.publisher.publishSurely(
    subject,
    'kept',
    encodeHeaders({ 'Nats-Msg-Id': 'k' }),
  );
  await nats.restart();
  expect((await surely).seq).toBe(1);
}, 30_000);

test('a header with a line break is refused before it is sent', () => {
  expect(() => encodeHeaders({ a: 'b\r\nc: d' })).toThrow(/line break/);
});
