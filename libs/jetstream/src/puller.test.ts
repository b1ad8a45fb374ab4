import { subjects } from '@slipstream/contracts';
import { startNatsServer } from '@slipstream/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Bus, connect } from './connect.ts';
import { answers, type Delivery } from './delivery.ts';
import { provision } from './provision.ts';
import { Puller } from './puller.ts';
import { taskStream } from './topology.ts';

let nats: Awaited<ReturnType<typeof startNatsServer>>;
let bus: Bus;
beforeAll(async () => {
  nats = await startNatsServer();
  bus = await connect({ url: nats.url, name: 'test' });
  await provision(bus);
});
afterAll(async () => {
  await bus[Symbol.asyncDispose]();
  await nats[Symbol.asyncDispose]();
});

const send = (id: string, priority: 'critical' | 'normal' | 'bulk' = 'normal') =>
  bus.publisher.publish(subjects.task('rag', priority, id), id);

const idOf = ({ subject }: Delivery): string => subject.split('.').at(-1) ?? '';

/** A puller that keeps what it takes until it is told to answer. */
function startPuller(slots: number) {
  const taken: Delivery[] = [];
  const puller = new Puller(bus, {
    stream: taskStream('rag'),
    slots: () => slots,
    onDelivery: (delivery) => void taken.push(delivery),
  });
  const settle = (delivery: Delivery): void => {
    bus.connection.publish(delivery.reply, answers.ack);
    puller.answered();
  };
  return {
    taken,
    puller,
    settle,
    answer(delivery: Delivery): void {
      puller.handled();
      settle(delivery);
    },
    async [Symbol.asyncDispose]() {
      puller.stop();
      for (const delivery of taken) bus.connection.publish(delivery.reply, answers.ack);
      await bus.connection.flush();
      puller.close();
    },
  };
}

test.each([2, 5, 20])('with %i slots never more are in hand', async (slots) => {
  await using pool = startPuller(slots);
  const done = new Set<string>();
  await Promise.all(Array.from({ length: 60 }, (_, index) => send(`s${slots}-${index}`)));
  while (done.size < 60) {
    await vi.waitFor(() => expect(pool.taken.length).toBeGreaterThan(0));
    expect(pool.puller.inHand).toBeLessThanOrEqual(slots);
    for (const delivery of pool.taken.splice(0)) {
      done.add(idOf(delivery));
      pool.answer(delivery);
    }
  }
  expect(pool.puller.inHand).toBe(0);
});

test('a slot is free when its work is done, for as many unanswered deliveries as there are slots', async () => {
  await using pool = startPuller(2);
  await Promise.all(Array.from({ length: 6 }, (_, index) => send(`u-${index}`)));
  const handle = async (count: number): Promise<Delivery[]> => {
    await vi.waitFor(() => expect(pool.taken.length).toBe(count));
    for (const _ of pool.taken) pool.puller.handled();
    return pool.taken.splice(0);
  };
  const first = await handle(2);
  const second = await handle(2);
  const { inHand, settling } = pool.puller;
  expect({ inHand, settling }).toEqual({ inHand: 0, settling: 4 });
  for (const delivery of [...first, ...second]) pool.settle(delivery);
  for (const delivery of await handle(2)) pool.settle(delivery);
  expect(pool.puller.settling).toBe(0);
});

test('what waits is taken by priority, not by age', async () => {
  for (const id of ['b1', 'b2', 'b3']) await send(id, 'bulk');
  for (const id of ['n1', 'n2']) await send(id);
  await send('c1', 'critical');
  await using pool = startPuller(1);
  const order: string[] = [];
  while (order.length < 6) {
    await vi.waitFor(() => expect(pool.taken.length).toBe(1));
    const [delivery] = pool.taken.splice(0);
    if (delivery) {
      order.push(idOf(delivery));
      pool.answer(delivery);
    }
  }
  expect(order).toEqual(['c1', 'n1', 'n2', 'b1', 'b2', 'b3']);
});

test('an idle puller takes a new message at once', async () => {
  await using pool = startPuller(5);
  await vi.waitFor(() => expect(pool.puller.silentMs).toBeGreaterThan(50));
  await send('late', 'bulk');
  await vi.waitFor(() => expect(pool.taken.map(idOf)).toEqual(['late']));
});

test('after the server was killed and came back the puller goes on by itself', async () => {
  await using pool = startPuller(5);
  await nats.kill();
  await nats.restart();
  await vi.waitFor(() => send('after'), 10_000);
  await vi.waitFor(() => expect(pool.taken.map(idOf)).toContain('after'), 10_000);
}, 30_000);

test('a paused puller takes nothing, and goes on when it is resumed', async () => {
  await using pool = startPuller(5);
  pool.puller.paused = true;
  await send('held', 'critical');
  const armed = 1_200;
  await vi.waitFor(() => expect(pool.puller.silentMs).toBeGreaterThan(armed), 5_000);
  const before = pool.taken.length;
  pool.puller.paused = false;
  await vi.waitFor(() => expect(pool.taken.map(idOf)).toContain('held'));
  expect(before).toBeLessThanOrEqual(1);
});
