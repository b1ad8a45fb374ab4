import { startEngine } from '@slipstream/testkit';
import { expect, test } from 'vitest';
import { createAnswerBucket } from '../src/cache/answer-bucket.ts';

const answer = {
  outcome: 'answered',
  answer: 'So.',
  citations: [],
  confidence: 1,
  mode: 'model',
} as const;
const entryOf = (madeAt: number) => ({
  question: 'q',
  scope: 's',
  madeAt,
  goodUntil: madeAt + 60_000,
  answer: { ...answer, citations: [] },
});

test('one of many makes an answer; those who wait get it, or go on when it is given up', async () => {
  await using engine = await startEngine();
  const bucket = createAnswerBucket(engine.bus);
  const { signal } = new AbortController();
  const claims = await Promise.all(Array.from({ length: 8 }, () => bucket.claim('b.1')));
  const [claim, ...others] = claims.filter((one) => one !== undefined);
  expect(others).toEqual([]);
  expect(await bucket.get('b.1')).toBeUndefined();
  const waiting = bucket.wait('b.1', signal);
  const entry = entryOf(Date.now());
  await bucket.put('b.1', entry);
  claim?.[Symbol.dispose]();
  expect(await waiting).toEqual(entry);
  expect(await bucket.claim('b.1')).toBeUndefined();

  using given = await bucket.claim('b.2');
  expect(given).toBeDefined();
  const alone = bucket.wait('b.2', signal);
  await bucket.release('b.2');
  expect(await alone).toBeUndefined();
  using again = await bucket.claim('b.2');
  expect(again).toBeDefined();
});

test('what a maker has left that died is taken over, and so is an answer past its time', async () => {
  await using engine = await startEngine();
  let ahead = 0;
  const bucket = createAnswerBucket(engine.bus, () => Date.now() + ahead);
  (await bucket.claim('b.1'))?.[Symbol.dispose]();
  await bucket.put('b.2', entryOf(Date.now()));
  expect([await bucket.claim('b.1'), await bucket.claim('b.2')]).toEqual([undefined, undefined]);
  ahead = 61_000;
  using first = await bucket.claim('b.1');
  using second = await bucket.claim('b.2');
  expect([first, second]).not.toContain(undefined);
});
