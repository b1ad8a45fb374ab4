import { defineTask, tasks } from '@slipstream/contracts';
import { Type } from 'typebox';

const retry = { maxAttempts: 4, delaysMs: [50, 200, 500] };
const result = Type.Unknown();

/** Kinds whose every outcome is known in advance, so that the history can be judged. */
export const kinds = {
  noop: defineTask({
    kind: 'noop',
    category: 'batch',
    summary: 'Does nothing',
    payload: Type.Object({}),
    result,
    priority: 'normal',
    retry,
  }),
  sleep: defineTask({
    kind: 'sleep',
    category: 'batch',
    summary: 'Takes a while',
    payload: Type.Object({ ms: Type.Integer() }),
    result,
    priority: 'normal',
    retry,
  }),
  flaky: defineTask({
    kind: 'flaky',
    category: 'batch',
    summary: 'Fails on its first attempts',
    payload: Type.Object({ fails: Type.Integer() }),
    result,
    priority: 'normal',
    retry,
  }),
  doomed: defineTask({
    kind: 'doomed',
    category: 'batch',
    summary: 'Fails at once and for good',
    payload: Type.Object({}),
    result,
    priority: 'normal',
    retry,
  }),
  parent: defineTask({
    kind: 'parent',
    category: 'ingestion',
    summary: 'Ends when its children have ended',
    payload: Type.Object({ children: Type.Integer() }),
    result,
    priority: 'normal',
    retry,
  }),
  square: defineTask({
    kind: 'square',
    category: 'batch',
    summary: 'Takes a while and squares a number: one of a chord',
    payload: Type.Object({ number: Type.Integer(), ms: Type.Integer() }),
    result: Type.Integer(),
    priority: 'normal',
    retry,
  }),
  sum: defineTask({
    kind: 'sum',
    category: 'batch',
    summary: 'Adds up what the others of its chord have found: the join',
    payload: Type.Object({ numbers: Type.Array(Type.Integer()) }),
    result: Type.Object({ count: Type.Integer(), sum: Type.Integer() }),
    priority: 'normal',
    retry,
  }),
  'run-workflow': tasks['run-workflow'],
} as const;

export type FaultKinds = typeof kinds;
