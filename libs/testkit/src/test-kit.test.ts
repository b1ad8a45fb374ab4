import { RetryLaterError, TerminalError } from '@slipstream/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestKit, type TestKit } from './test-kit.ts';
import { type TestTasks, testTasks } from './test-tasks.ts';

const HOUR = 3_600_000;

let kit: TestKit<TestTasks>;
const ran: { text: string; at: number }[] = [];
beforeAll(async () => {
  kit = await startTestKit<TestTasks>(testTasks, ({ now }) => ({
    batch: {
      async work({ text }, { attempt }) {
        ran.push({ text, at: now() });
        if (text === 'gone') throw new TerminalError('gone');
        if (text === 'busy' && attempt < 3)
          throw new RetryLaterError('busy', { delayMs: attempt * HOUR });
        return { text };
      },
      crawl: async () => ({}),
    },
  }));
});
afterAll(() => kit[Symbol.asyncDispose]());

const timesOf = (text: string) => ran.filter((one) => one.text === text).map(({ at }) => at);

test('a task is completed with its result, or with what it failed of', async () => {
  const id = await kit.submit('work', { text: 'a' });
  expect(await kit.completed(id)).toMatchObject({ state: 'succeeded', result: { text: 'a' } });
  const failed = await kit.completed(await kit.submit('work', { text: 'gone' }));
  expect(failed).toMatchObject({ state: 'failed', error: { message: 'gone' } });
});

test('retries over hours run within one step of the clock, each at its time', async () => {
  const id = await kit.submit('work', { text: 'busy' });
  await kit.reaches(id, 'retrying');
  await kit.clock.advance(HOUR / 2);
  expect(timesOf('busy')).toHaveLength(1);
  await kit.clock.advance(3 * HOUR);
  expect(await kit.completed(id)).toMatchObject({ state: 'succeeded', attempt: 3 });
  const [first = 0, second = 0, third = 0] = timesOf('busy');
  expect(Math.floor((second - first) / HOUR)).toBe(1);
  expect(Math.floor((third - second) / HOUR)).toBe(2);
});

test('delayed tasks start in the order of their times, and not before', async () => {
  const late = await kit.submit('work', { text: 'late' }, { delayMs: 2 * HOUR });
  const soon = await kit.submit('work', { text: 'soon' }, { delayMs: 300 });
  await kit.clock.advance(HOUR);
  expect(await kit.completed(soon)).toMatchObject({ state: 'succeeded' });
  expect(timesOf('late')).toEqual([]);
  await kit.clock.advance(HOUR);
  expect(await kit.completed(late)).toMatchObject({ state: 'succeeded' });
});
