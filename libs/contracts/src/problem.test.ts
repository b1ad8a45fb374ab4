import { expect, test } from 'vitest';
import { ProblemError, problems } from './problem.ts';

test('a problem says what to do: the remedy of its code, or what is expected of the fields it names', () => {
  const { remedy } = problems['task-not-found'];
  expect(new ProblemError('task-not-found', "No task has the id 'x'.").message).toBe(
    `No task has the id 'x'. ${remedy}`,
  );
  const errors = [{ path: '/priority', message: 'must be one of low, high' }];
  expect(new ProblemError('invalid-request', '/priority is wrong.', { errors }).message).toBe(
    '/priority is wrong.',
  );
});
