import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { defineTask } from './define-task.ts';
import { claimOf, claimOfLane, laneToken, limitsOf, rateIntervalMs } from './limits.ts';
import type { TaskMessage } from './message.ts';

const plain = {
  kind: 'fetch',
  category: 'scraping',
  summary: 'A kind without limits',
  payload: Type.Object({ url: Type.String(), brand: Type.String() }),
  result: Type.Unknown(),
  priority: 'normal',
} as const;
const payload = { url: 'https://example.com:8443/a?b', brand: 'Ünï & Co.' };
const message = (more: Partial<TaskMessage> = {}) => ({ payload, ...more }) as TaskMessage;

test('a task without key, tenant and rate asks nobody', () => {
  expect(claimOf(defineTask(plain), message())).toBeUndefined();
});

test('the key is the field that the kind names, unless the submission gives one', () => {
  const keyed = defineTask({ ...plain, key: 'brand' });
  expect(claimOf(keyed, message())).toEqual({ kind: 'fetch', key: 'Ünï & Co.', tenant: '' });
  expect(claimOf(keyed, message({ concurrencyKey: 'own' }))?.key).toBe('own');
});

test('a rate per host counts under the host and port of the URL', () => {
  const paced = defineTask({ ...plain, rate: { perSecond: 5, per: 'host' } });
  expect(claimOf(paced, message())?.host).toBe('example.com:8443');
  expect(rateIntervalMs({ perSecond: 5, per: 'host' })).toBe(200);
  expect(rateIntervalMs({ perMinute: 30, per: 'pool' })).toBe(2_000);
});

test('a lane is one subject token and says what it holds', () => {
  const claim = { kind: 'fetch', key: 'a.b >*', tenant: 'ten ant' };
  expect(laneToken(claim)).toMatch(/^[\w-]+$/);
  expect(claimOfLane(laneToken(claim))).toEqual(claim);
});

test('what is set for a kind without limits makes its tasks ask, and replaces what it names only', () => {
  const concurrency = { perKey: 2 };
  expect(claimOf(defineTask(plain), message(), { concurrency })).toEqual({
    kind: 'fetch',
    key: '',
    tenant: '',
  });
  // A kind that names a key bounds those that have one.
  const keyed = defineTask({ ...plain, key: 'docId', concurrency });
  expect(claimOf(keyed, message())).toBeUndefined();
  const rate = { perSecond: 5, per: 'host' } as const;
  expect(claimOf(defineTask(plain), message(), { rate })?.host).toBe('example.com:8443');
  expect(limitsOf({ rate, concurrency: { perKey: 1 } }, { concurrency })).toEqual({
    rate,
    concurrency,
  });
  expect(limitsOf(defineTask(plain))).toEqual({});
});
