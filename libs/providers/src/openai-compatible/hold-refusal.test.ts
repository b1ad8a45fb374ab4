import { expect, test } from 'vitest';
import { holdRefusal } from './hold-refusal.ts';

async function read(...pieces: readonly string[]) {
  async function* source() {
    yield* pieces;
  }
  const held = holdRefusal(source());
  const shown: string[] = [];
  for (;;) {
    const step = await held.next();
    if (step.done) return { shown, text: step.value };
    shown.push(step.value);
  }
}

test.each([
  [['NO_ANSWER']],
  [['NO', '_ANSWER', '\n']],
  [['\n"NO_', 'ANSWER"']],
  [['**NO_ANSWER**', ' The passages do not say.']],
])('%j is a refusal', async (pieces) => {
  expect(await read(...pieces)).toEqual({ shown: [], text: 'NO_ANSWER' });
});

test.each([
  [['No', ', it cannot [1].']],
  [['NO', ' [1].']],
  [['Hold', ' it [1].']],
  [['It says NO_ANSWER', ' on the screen [1].']],
])('%j is an answer, shown piece by piece', async (pieces) => {
  const { shown, text } = await read(...pieces);
  expect(text).toBe(pieces.join(''));
  expect(shown.join('')).toBe(text);
});

test('an answer that is too short to tell is shown at its end', async () => {
  expect(await read('NO')).toEqual({ shown: ['NO'], text: 'NO' });
});

test('nothing is nothing', async () => {
  expect(await read()).toEqual({ shown: [], text: '' });
});
