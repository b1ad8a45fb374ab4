import { type BlobRef, brandToken, childResult } from '@slipstream/contracts';
import { getBlob } from '@slipstream/jetstream';
import { submit, taskView } from '@slipstream/tasklog';
import { type Engine, startEngine, testTasks } from '@slipstream/testkit';
import { type Handler, runPool } from '@slipstream/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { conduct } from './conductor.ts';

const { work } = testTasks;
const tasks = {
  gather: { ...work, kind: 'gather', fillsResult: true },
  say: { ...work, kind: 'say' },
  whisper: { ...work, kind: 'whisper', resultHoldsText: true },
  hush: { ...work, kind: 'hush', fillsResult: true, resultHoldsText: true },
} as const;

const stack = new AsyncDisposableStack();
let engine: Engine;
beforeAll(async () => {
  engine = stack.use(await startEngine(tasks));
  const { bus, log, projection, parts } = engine;
  const stop = new AbortController();
  const conducting = conduct({ bus, log, projection, tasks, logger: parts.logger }, stop.signal);
  stack.defer(() => conducting);
  stack.defer(() => stop.abort());
  const gather: Handler<typeof tasks.gather, typeof tasks> = async ({ text }, { addChildren }) => {
    const kind = text === 'loud' ? 'say' : 'whisper';
    await addChildren([{ key: 'speaker', kind, payload: { text, brand: text } }]);
    return {
      words: childResult<number>('speaker', '/words'),
      said: childResult('speaker', '/said'),
    };
  };
  const say = async () => ({ words: 2, said: 'good morning' });
  stack.use(
    runPool(parts, {
      category: 'batch',
      tasks,
      slots: 5,
      handlers: {
        gather,
        hush: gather,
        say,
        whisper: say,
      },
    }),
  );
});
afterAll(() => stack.disposeAsync());

const gathered = async (text: string, kind: 'gather' | 'hush' = 'gather') => {
  const { bus, log } = engine;
  const payload = { text, brand: text };
  const { task } = await submit(bus, log, { definition: tasks[kind], payload });
  return engine.reaches(task.id);
};

test('a parent ends with what its children returned', async () => {
  const row = await gathered('loud');
  expect(taskView(row)).toMatchObject({
    state: 'succeeded',
    result: { words: 2, said: 'good morning' },
    children: { succeeded: 1 },
  });
});

test.each([
  ['gather', 'quiet'],
  ['hush', 'still'],
  ['hush', 'loud'],
] as const)(
  'texts of a brand reach the result of a %s (%s) outside the log, under their brand',
  async (kind, text) => {
    const row = await gathered(text, kind);
    expect(row.resultRef).toContain(`blob:${brandToken(text)}/`);
    expect(row.result).toBeNull();
    const bytes = await getBlob(engine.bus, row.resultRef as BlobRef);
    expect(JSON.parse(String(bytes))).toEqual({ words: 2, said: 'good morning' });
  },
);
