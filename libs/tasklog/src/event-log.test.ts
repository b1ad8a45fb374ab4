import { newId, type TaskEvent } from '@slipstream/contracts';
import { connect, directAll, provision } from '@slipstream/jetstream';
import { startNatsServer } from '@slipstream/testing';
import { expect, test } from 'vitest';
import { createEventLog } from './event-log.ts';
import { EventTooLargeError } from './event-text.ts';

const cancelled = (reason: string): TaskEvent => ({
  type: 'cancelled',
  id: newId(),
  run: 1,
  category: 'batch',
  at: new Date().toISOString(),
  reason,
});
const MIB = 1 << 20;

test('an event that the server would refuse fails alone and says why; its neighbours are stored', async () => {
  await using nats = await startNatsServer({ config: { max_payload: MIB } });
  await using bus = await connect({ url: nats.url, name: 'test' });
  await provision(bus);
  const lost: unknown[] = [];
  const log = createEventLog(bus, { onLost: (error) => lost.push(error) });
  const huge = cancelled('x'.repeat(MIB));
  // Three of them fit a message each, and no two of them one.
  const large = [1, 2, 3].map(() => cancelled('y'.repeat(MIB - 1_000)));
  const small = [1, 2, 3].map(() => cancelled('z'));
  const [refused, ...stored] = await Promise.allSettled(
    [huge, ...small, ...large].map((event) => log.append(event)),
  );
  expect(refused).toMatchObject({ status: 'rejected', reason: expect.any(EventTooLargeError) });
  expect(String((refused as PromiseRejectedResult).reason)).toContain(huge.id);
  expect(stored.map(({ status }) => status)).toEqual(stored.map(() => 'fulfilled'));
  log.appendSoon(huge);
  expect(lost).toEqual([expect.any(EventTooLargeError)]);
  const ids: string[] = [];
  for await (const { data } of directAll(bus, 'EVENTS', 'events.batch')) {
    for (const { id } of JSON.parse(Buffer.from(data).toString()) as TaskEvent[]) ids.push(id);
  }
  expect(ids.toSorted()).toEqual([...small, ...large].map(({ id }) => id).toSorted());
});
