import { once } from 'node:events';
import { expect, test } from 'vitest';
import { Breaker } from './breaker.ts';
import { DeadlineError } from './errors.ts';
import { policies } from './policies.ts';

const createBreaker = () =>
  new Breaker({
    dependency: 'model',
    endpoint: 'http://models.test/v1',
    policy: { ...policies.model, failures: 1 },
  });

async function* words(...items: readonly (string | Error)[]) {
  for (const item of items) {
    if (item instanceof Error) throw item;
    yield item;
  }
}

test('a stream passes in order and leaves the breaker closed', async () => {
  const breaker = createBreaker();
  expect(await Array.fromAsync(breaker.stream(() => words('a', 'b')))).toEqual(['a', 'b']);
  expect(breaker.state()).toMatchObject({ state: 'closed', failures: 0 });
});

test('a stream that breaks after some items counts as a failure', async () => {
  const breaker = createBreaker();
  const seen: string[] = [];
  const read = async () => {
    for await (const item of breaker.stream(() => words('a', new Error('cut')))) seen.push(item);
  };
  await expect(read()).rejects.toThrow('cut');
  expect(seen).toEqual(['a']);
  expect(breaker.state().state).toBe('open');
});

test('a reader that leaves closes the source and does not count', async () => {
  const breaker = createBreaker();
  const ended: boolean[] = [];
  async function* endless() {
    try {
      for (;;) yield 'a';
    } finally {
      ended.push(true);
    }
  }
  for await (const _ of breaker.stream(endless)) break;
  expect(ended).toEqual([true]);
  expect(breaker.state()).toMatchObject({ state: 'closed', failures: 0 });
});

test('an item that takes too long aborts the source and counts', async () => {
  const breaker = createBreaker();
  const aborted = Promise.withResolvers<void>();
  async function* stuck(signal: AbortSignal) {
    yield 'a';
    await once(signal, 'abort');
    aborted.resolve();
  }
  const read = Array.fromAsync(breaker.stream(stuck, { timeoutMs: 5 }));
  await expect(read).rejects.toThrow(DeadlineError);
  await aborted.promise;
  expect(breaker.state().state).toBe('open');
});

test('an open breaker refuses a stream before it starts', async () => {
  const breaker = createBreaker();
  await expect(breaker.run(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
  const start = () => expect.unreachable();
  await expect(Array.fromAsync(breaker.stream(start))).rejects.toThrow('is open');
});
