import { expect, test } from 'vitest';
import type { BreakerState } from './breaker.ts';
import { BreakerRegistry } from './breaker-registry.ts';

const down = () => Promise.reject(new Error('down'));

test('the same endpoint of a dependency has one breaker, another endpoint its own', () => {
  const registry = new BreakerRegistry();
  const breaker = registry.breakerFor('model', 'http://a.test');
  expect(registry.breakerFor('model', 'http://a.test')).toBe(breaker);
  expect(registry.breakerFor('model', 'http://b.test')).not.toBe(breaker);
  expect(registry.breakerFor('store', 'http://a.test')).not.toBe(breaker);
});

test('one endpoint that is down does not stop the others, and the change is told', async () => {
  const registry = new BreakerRegistry();
  const seen: BreakerState[] = [];
  const stop = registry.onBreakerChange((state) => seen.push(state));
  const store = registry.breakerFor('store', './data');
  registry.breakerFor('store', 's3://other');
  for (let i = 0; i < 3; i++) await expect(store.run(down)).rejects.toThrow('down');
  expect(registry.breakerStates().map(({ endpoint, state }) => [endpoint, state])).toEqual([
    ['./data', 'open'],
    ['s3://other', 'closed'],
  ]);
  expect(seen).toEqual([store.state()]);
  stop();
});

test('a breaker that nobody uses any more is forgotten, one that somebody uses is not', async () => {
  const registry = new BreakerRegistry();
  const first = registry.breakerFor('model', 'http://a.test');
  registry.breakerFor('model', 'http://a.test');
  for (let i = 0; i < 5; i++) await expect(first.run(down)).rejects.toThrow('down');
  registry.release(first);
  expect(registry.breakerStates()).toMatchObject([{ state: 'open' }]);
  registry.release(first);
  expect(registry.breakerStates()).toEqual([]);
  expect(registry.breakerFor('model', 'http://a.test').state().state).toBe('closed');
});
