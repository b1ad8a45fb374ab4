import { defineTask } from '@slipstream/contracts';
import { Type } from 'typebox';

const Payload = Type.Object({ text: Type.String() });

/** Kinds for tests: what they do is in the handlers of each test. */
export const testTasks = {
  work: defineTask({
    kind: 'work',
    category: 'batch',
    summary: 'Whatever a test needs',
    payload: Payload,
    result: Type.Unknown(),
    priority: 'normal',
    retry: { maxAttempts: 3, delaysMs: [10] },
  }),
  crawl: defineTask({
    kind: 'crawl',
    category: 'batch',
    summary: 'A parent that tolerates failures',
    payload: Payload,
    result: Type.Unknown(),
    priority: 'high',
    onChildFailure: 'continue',
  }),
  keyed: defineTask({
    kind: 'keyed',
    category: 'ingestion',
    summary: 'One at a time of each key',
    payload: Type.Object({ key: Type.String(), ms: Type.Number() }),
    result: Type.Unknown(),
    priority: 'normal',
    key: 'key',
    concurrency: { perKey: 1 },
    retry: { maxAttempts: 3, delaysMs: [10] },
  }),
  paced: defineTask({
    kind: 'paced',
    category: 'ingestion',
    summary: 'Twenty starts a second',
    payload: Type.Object({ ms: Type.Number() }),
    result: Type.Unknown(),
    priority: 'normal',
    rate: { perSecond: 20, per: 'pool' },
  }),
} as const;

export type TestTasks = typeof testTasks;
