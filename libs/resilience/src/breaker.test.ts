import { TerminalError } from '@slipstream/contracts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Breaker, type BreakerOptions } from './breaker.ts';
import { BreakerOpenError, DeadlineError } from './errors.ts';
import { policies } from './policies.ts';

// cockatiel reads Date.now; every other timer is ours.
beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

const endpoint = 'http://models.test/v1';
const broken = () => Promise.reject(new Error('connection refused'));
const works = async () => 'answer';

const createBreaker = (options: Partial<BreakerOptions> = {}) =>
  new Breaker({ dependency: 'model', endpoint, policy: policies.model, ...options });

const fail = async (breaker: Breaker, times: number) => {
  for (let i = 0; i < times; i++) await expect(breaker.run(broken)).rejects.toThrow('refused');
};

test.each([
  ['model', 5, 60_000],
  ['store', 3, 30_000],
  ['browser', 5, 45_000],
] as const)(
  'the breaker of a %s opens after %i failures for %i ms',
  async (dependency, failures, openMs) => {
    const breaker = createBreaker({ dependency, policy: policies[dependency] });
    await fail(breaker, failures - 1);
    expect(breaker.state()).toMatchObject({ state: 'closed', failures: failures - 1 });
    await fail(breaker, 1);
    expect(breaker.state()).toEqual({
      dependency,
      endpoint,
      state: 'open',
      failures,
      since: '2026-01-01T00:00:00.000Z',
      nextTrialAt: new Date(Date.now() + openMs).toISOString(),
    });
  },
);

test('an open breaker refuses without calling, and says for how long', async () => {
  const breaker = createBreaker();
  await fail(breaker, 5);
  vi.advanceTimersByTime(20_000);
  const error = await breaker.run(async () => expect.unreachable()).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(BreakerOpenError);
  expect(error).toMatchObject({ dependency: 'model', endpoint, retryAfterMs: 40_000 });
});

test('it closes after two successful trials, not after one', async () => {
  const breaker = createBreaker();
  await fail(breaker, 5);
  vi.advanceTimersByTime(60_000);
  await breaker.run(works);
  expect(breaker.state()).toMatchObject({ state: 'half-open' });
  await breaker.run(works);
  expect(breaker.state()).toMatchObject({ state: 'closed', failures: 0 });
});

test('a failed second trial opens it for the whole time again', async () => {
  const breaker = createBreaker();
  await fail(breaker, 5);
  vi.advanceTimersByTime(60_000);
  await breaker.run(works);
  await fail(breaker, 1);
  await expect(breaker.run(works)).rejects.toMatchObject({ retryAfterMs: 60_000 });
});

test('while two trials run, a third call is refused at once', async () => {
  const breaker = createBreaker();
  await fail(breaker, 5);
  vi.advanceTimersByTime(60_000);
  const gate = Promise.withResolvers<string>();
  const trials = [breaker.run(() => gate.promise), breaker.run(() => gate.promise)];
  await expect(breaker.run(works)).rejects.toThrow(BreakerOpenError);
  gate.resolve('answer');
  await Promise.all(trials);
  expect(breaker.state().state).toBe('closed');
});

test('a trial that its caller aborts is given to the next call', async () => {
  const breaker = createBreaker();
  await fail(breaker, 5);
  vi.advanceTimersByTime(60_000);
  for (let i = 0; i < 3; i++) {
    const caller = new AbortController();
    const trial = breaker.run(() => new Promise<never>(() => {}), { signal: caller.signal });
    caller.abort(new Error('cancelled'));
    await expect(trial).rejects.toThrow('cancelled');
  }
  expect(breaker.state().state).toBe('open');
  await breaker.run(works);
  await breaker.run(works);
  expect(breaker.state().state).toBe('closed');
});

test('aborted calls neither count nor end a row of failures', async () => {
  const breaker = createBreaker();
  await fail(breaker, 4);
  const signal = AbortSignal.abort(new Error('cancelled'));
  await expect(breaker.run(works, { signal })).rejects.toThrow('cancelled');
  await fail(breaker, 1);
  expect(breaker.state().state).toBe('open');
});

test.each([
  ['a terminal error', new TerminalError('no such model')],
  ['status 400', Object.assign(new Error('bad request'), { status: 400 })],
])('%s is an answer: it ends the row of failures', async (_, refusal) => {
  const breaker = createBreaker();
  await fail(breaker, 4);
  await expect(breaker.run(() => Promise.reject(refusal))).rejects.toThrow(refusal);
  await fail(breaker, 4);
  expect(breaker.state()).toMatchObject({ state: 'closed', failures: 4 });
});

test.each([408, 429, 500, 503])('status %i counts as a failure', async (status) => {
  const breaker = createBreaker();
  const call = () => Promise.reject(Object.assign(new Error('answer'), { status }));
  for (let i = 0; i < 5; i++) await expect(breaker.run(call)).rejects.toThrow('answer');
  expect(breaker.state().state).toBe('open');
});

test('the table can say what counts', async () => {
  const isFailure = (error: unknown) => !String(error).includes('refused');
  const breaker = createBreaker({ policy: { ...policies.model, isFailure } });
  await fail(breaker, 9);
  expect(breaker.state()).toMatchObject({ state: 'closed', failures: 0 });
});

test('a call that is too slow counts as a failure', async () => {
  const breaker = createBreaker();
  const call = breaker.run(() => new Promise<never>(() => {}));
  const rejected = expect(call).rejects.toThrow(DeadlineError);
  await vi.advanceTimersByTimeAsync(30_000);
  await rejected;
  expect(breaker.state().failures).toBe(1);
});

test('every change is reported once', async () => {
  const seen: string[] = [];
  const breaker = createBreaker({ onStateChange: ({ state }) => seen.push(state) });
  await fail(breaker, 5);
  vi.advanceTimersByTime(60_000);
  await breaker.run(works);
  await breaker.run(works);
  expect(seen).toEqual(['open', 'half-open', 'closed']);
});
