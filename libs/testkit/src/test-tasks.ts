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
} as const;

export type TestTasks = typeof testTasks;
