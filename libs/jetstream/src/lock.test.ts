import { startNatsServer } from '@slipstream/testing';
import { expect, test, vi } from 'vitest';
import { connect } from './connect.ts';
import { takeLock } from './lock.ts';
import { provision } from './provision.ts';

test('one of many has a lock, the next one when it was given back, or when its time is over', async () => {
  await using nats = await startNatsServer();
  await using bus = await connect({ url: nats.url, name: 'test' });
  await provision(bus);
  const taken = await Promise.all(Array.from({ length: 10 }, () => takeLock(bus, 'one', 1_000)));
  const [lock, ...others] = taken.filter((one) => one !== undefined);
  expect(others).toEqual([]);
  expect(await takeLock(bus, 'other')).toBeDefined();
  await lock?.[Symbol.asyncDispose]();
  expect(await takeLock(bus, 'one', 1_000)).toBeDefined();
  expect(await takeLock(bus, 'one', 1_000)).toBeUndefined();
  await vi.waitFor(async () => expect(await takeLock(bus, 'one')).toBeDefined(), 5_000);
});
