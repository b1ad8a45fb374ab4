import { startNatsServer } from '@slipstream/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connect } from './connect.ts';
import { holdLease } from './lease.ts';
import { provision } from './provision.ts';

let nats: Awaited<ReturnType<typeof startNatsServer>>;
beforeAll(async () => {
  nats = await startNatsServer();
  await using bus = await connect({ url: nats.url, name: 'test' });
  await provision(bus);
});
afterAll(() => nats[Symbol.asyncDispose]());

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve()));

test('one of two leads, and the other takes over when it stops', async () => {
  await using first = await connect({ url: nats.url, name: 'first' });
  await using second = await connect({ url: nats.url, name: 'second' });
  const leading = new Set<string>();
  let most = 0;
  const lead = (name: string) => async (signal: AbortSignal) => {
    leading.add(name);
    most = Math.max(most, leading.size);
    await untilAborted(signal);
    leading.delete(name);
  };
  const options = { name: 'work', ttlMs: 1_500 };
  const one = holdLease(first, { ...options, lead: lead('first') });
  await vi.waitFor(() => expect([...leading]).toEqual(['first']));
  await using _two = holdLease(second, { ...options, lead: lead('second') });
  await one[Symbol.asyncDispose]();
  await vi.waitFor(() => expect([...leading]).toEqual(['second']), 5_000);
  expect(most).toBe(1);
});

test('the lease of a holder that vanished is free after its time to live', async () => {
  await using second = await connect({ url: nats.url, name: 'second' });
  const led = { first: false, second: false };
  const options = { name: 'vanish', ttlMs: 1_500 };
  {
    const first = await connect({ url: nats.url, name: 'first' });
    const lost = holdLease(first, {
      ...options,
      lead: async (signal) => {
        led.first = true;
        await untilAborted(signal);
      },
    });
    await vi.waitFor(() => expect(led.first).toBe(true));
    await first.connection.close();
    void lost;
  }
  await using _two = holdLease(second, {
    ...options,
    lead: async (signal) => {
      led.second = true;
      await untilAborted(signal);
    },
  });
  await vi.waitFor(() => expect(led.second).toBe(true), 8_000);
});
