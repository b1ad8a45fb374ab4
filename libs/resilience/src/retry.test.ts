import { RetryLaterError, TerminalError } from '@slipstream/contracts';
import { expect, test } from 'vitest';
import { BreakerOpenError, DeadlineError } from './errors.ts';
import { streamWithRetry, withRetry } from './retry.ts';

const limits = { maxAttempts: 3, baseMs: 100, maxMs: 1_000 };

/** Fails with the errors in turn, then succeeds; remembers how long it was waited for. */
function dependency(...errors: readonly Error[]) {
  const waits: number[] = [];
  let calls = 0;
  const call = async (attempt: number) => {
    calls++;
    const error = errors[attempt - 1];
    if (error) throw error;
    return `attempt ${attempt}`;
  };
  const wait = async (delayMs: number) => void waits.push(delayMs);
  return { call, waits, calls: () => calls, options: { limits, random: () => 1, wait } };
}

test('two failures are followed by a third call, with doubling waits', async () => {
  const { call, waits, options } = dependency(new Error('one'), new Error('two'));
  expect(await withRetry(call, options)).toBe('attempt 3');
  expect(waits).toEqual([100, 200]);
});

test('the last error is thrown when the attempts are used up', async () => {
  const { call, calls, options } = dependency(new Error('1'), new Error('2'), new Error('3'));
  await expect(withRetry(call, options)).rejects.toThrow('3');
  expect(calls()).toBe(3);
});

test.each([
  new TerminalError('gone'),
  new BreakerOpenError({ dependency: 'model', endpoint: 'http://a.test', retryAfterMs: 1 }),
  new DeadlineError('model http://a.test', 30_000),
  new DOMException('aborted', 'AbortError'),
])('$name is never repeated', async (error) => {
  const { call, calls, options } = dependency(error);
  await expect(withRetry(call, options)).rejects.toBe(error);
  expect(calls()).toBe(1);
});

test('the wait that a dependency asks for is kept', async () => {
  const { call, waits, options } = dependency(new RetryLaterError('limited', { delayMs: 700 }));
  expect(await withRetry(call, options)).toBe('attempt 2');
  expect(waits).toEqual([700]);
});

test('a dependency that asks for more time than we wait is not called again', async () => {
  const error = new RetryLaterError('limited', { delayMs: 1_001 });
  const { call, calls, options } = dependency(error);
  await expect(withRetry(call, options)).rejects.toBe(error);
  expect(calls()).toBe(1);
});

test('an abort ends the wait between two calls with its reason', async () => {
  const caller = new AbortController();
  const call = () => {
    setImmediate(() => caller.abort(new Error('cancelled')));
    return Promise.reject(new Error('down'));
  };
  const options = { limits: { ...limits, baseMs: 1_000_000, maxMs: 1_000_000 }, random: () => 1 };
  await expect(withRetry(call, { ...options, signal: caller.signal })).rejects.toThrow('cancelled');
});

test('a stream that fails before its first item is started again', async () => {
  async function* start(attempt: number) {
    if (attempt === 1) throw new Error('refused');
    yield 'a';
    yield 'b';
  }
  const { options } = dependency();
  expect(await Array.fromAsync(streamWithRetry(start, options))).toEqual(['a', 'b']);
});

test('a stream that fails after its first item is not started again', async () => {
  let starts = 0;
  async function* start() {
    starts++;
    yield 'a';
    throw new Error('cut');
  }
  const { options } = dependency();
  await expect(Array.fromAsync(streamWithRetry(start, options))).rejects.toThrow('cut');
  expect(starts).toBe(1);
});

test('a reader that leaves a repeated stream closes its source', async () => {
  let ended = false;
  async function* start() {
    try {
      yield 'a';
      yield 'b';
    } finally {
      ended = true;
    }
  }
  for await (const _ of streamWithRetry(start, dependency().options)) break;
  expect(ended).toBe(true);
});
