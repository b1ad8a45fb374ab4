import { once } from 'node:events';
import { expect, test } from 'vitest';
import { withDeadline } from './deadline.ts';
import { DeadlineError } from './errors.ts';

const untilAborted = async (signal: AbortSignal) => {
  await once(signal, 'abort');
  throw new Error('the call noticed');
};

test('a call that is too slow is aborted and named', async () => {
  const seen: AbortSignal[] = [];
  const call = (signal: AbortSignal) => {
    seen.push(signal);
    return untilAborted(signal);
  };
  await expect(withDeadline(call, { timeoutMs: 5, what: 'store ./data' })).rejects.toThrow(
    'store ./data did not answer within 5 ms',
  );
  expect(seen[0]?.reason).toBeInstanceOf(DeadlineError);
});

test('a call that ignores its signal is left behind', async () => {
  const stuck = () => new Promise<never>(() => {});
  await expect(withDeadline(stuck, { timeoutMs: 5, what: 'browser' })).rejects.toThrow(
    DeadlineError,
  );
});

test('an abort by the caller rejects with its reason, not with a deadline', async () => {
  const caller = new AbortController();
  const call = withDeadline(untilAborted, {
    timeoutMs: 60_000,
    what: 'model',
    signal: caller.signal,
  });
  caller.abort(new Error('task cancelled'));
  await expect(call).rejects.toThrow('task cancelled');
});

test('nothing is called under a signal that is already aborted', async () => {
  const call = async () => expect.unreachable();
  const signal = AbortSignal.abort(new Error('too late'));
  await expect(withDeadline(call, { timeoutMs: 10, what: 'model', signal })).rejects.toThrow(
    'too late',
  );
});

test('a call in time gives its value', async () => {
  expect(await withDeadline(async () => 7, { timeoutMs: 1_000, what: 'model' })).toBe(7);
});
