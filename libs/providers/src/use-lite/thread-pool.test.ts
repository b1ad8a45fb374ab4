import { expect, test } from 'vitest';
import type { GateRequest } from '../../test/gate-thread.ts';
import { ThreadPool } from './thread-pool.ts';

const createPool = (threads = 1) =>
  new ThreadPool<GateRequest, string>({
    file: new URL('../../test/gate-thread.ts', import.meta.url),
    threads,
  });

/** A request that runs until `open` is called. */
function gate() {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const open = () => {
    Atomics.store(cell, 0, 1);
    Atomics.notify(cell, 0);
  };
  return { request: { do: 'wait', name: 'gate', gate: cell } as const, open };
}

test('an urgent request goes before all that wait, and after what already runs', async () => {
  await using pool = createPool();
  const order: string[] = [];
  const { request, open } = gate();
  const note = async (answer: Promise<string>) => void order.push(await answer);
  const running = note(pool.run(request));
  const waiting = ['a', 'b'].map((name) => note(pool.run({ do: 'pass', name })));
  const urgent = note(pool.run({ do: 'pass', name: 'query' }, { urgent: true }));
  open();
  await Promise.all([running, ...waiting, urgent]);
  expect(order).toEqual(['gate', 'query', 'a', 'b']);
});

test.each(['exit', 'throw'] as const)(
  'a thread that dies by %s fails its own request only',
  async (how) => {
    await using pool = createPool();
    const dead = pool.run({ do: how });
    const next = pool.run({ do: 'pass', name: 'next' });
    await expect(dead).rejects.toMatchObject({
      name: 'RetryLaterError',
      code: 'embedding-thread-died',
    });
    expect(await next).toBe('next');
  },
);

test('a request that the thread cannot answer fails, and the thread goes on', async () => {
  await using pool = createPool();
  await expect(pool.run({ do: 'fail' })).rejects.toThrow('cannot read that');
  expect(await pool.run({ do: 'pass', name: 'still here' })).toBe('still here');
});

test('a thread that cannot start fails every request with the reason', async () => {
  await using pool = new ThreadPool({ file: new URL('./missing.ts', import.meta.url), threads: 1 });
  for (let i = 0; i < 2; i++) {
    await expect(pool.run('anything')).rejects.toMatchObject({
      code: 'embedding-thread-died',
      cause: expect.objectContaining({ message: expect.stringContaining('missing.ts') }),
    });
  }
});

test('an aborted request leaves the queue with its reason', async () => {
  await using pool = createPool();
  const { request, open } = gate();
  const running = pool.run(request);
  const caller = new AbortController();
  const waiting = pool.run({ do: 'exit' }, { signal: caller.signal });
  caller.abort(new Error('cancelled'));
  await expect(waiting).rejects.toThrow('cancelled');
  open();
  expect(await running).toBe('gate');
  expect(await pool.run({ do: 'pass', name: 'alive' })).toBe('alive');
});

test('two threads work at the same time', async () => {
  await using pool = createPool(2);
  const { request, open } = gate();
  const held = pool.run(request);
  expect(await pool.run({ do: 'pass', name: 'other' })).toBe('other');
  open();
  await held;
});

test('closing rejects what waits, and what comes later', async () => {
  const pool = createPool();
  const { request, open } = gate();
  const running = expect(pool.run(request)).rejects.toThrow('died');
  const waiting = expect(pool.run({ do: 'pass' })).rejects.toThrow('closed');
  await pool.warm();
  await pool[Symbol.asyncDispose]();
  await Promise.all([running, waiting]);
  await expect(pool.run({ do: 'pass' })).rejects.toThrow('closed');
  open();
});
