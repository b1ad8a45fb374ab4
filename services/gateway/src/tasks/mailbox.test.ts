import { expect, test } from 'vitest';
import { createMailbox } from './mailbox.ts';

test('items are taken in order, also by a reader who was there first', async () => {
  const mailbox = createMailbox<number>(10);
  const first = mailbox.take();
  mailbox.put(1);
  mailbox.put(2);
  expect([await first, await mailbox.take()]).toEqual([1, 2]);
});

test('closing ends a reader who waits', async () => {
  const mailbox = createMailbox<number>(10);
  const waiting = mailbox.take();
  mailbox.close();
  expect(await waiting).toBeUndefined();
});

test('a reader who is too far behind gets the end instead of a growing memory', async () => {
  const mailbox = createMailbox<number>(2);
  for (const item of [1, 2, 3, 4]) mailbox.put(item);
  expect(await mailbox.take()).toBeUndefined();
});
