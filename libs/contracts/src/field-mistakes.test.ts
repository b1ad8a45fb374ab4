import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { expect, test } from 'vitest';
import { fieldMistakes } from './field-mistakes.ts';
import { priorities } from './priority.ts';

const mistakesOf = (schema: Type.TSchema, value: unknown) =>
  Compile(schema).Errors(value).flatMap(fieldMistakes);

test('all allowed values are named', () => {
  expect(mistakesOf(Type.Object({ p: Type.Enum([...priorities]) }), { p: 'urgent' })).toEqual([
    {
      path: '/p',
      message: 'must be equal to one of the allowed values (critical, high, normal, low, bulk)',
    },
  ]);
});

test('a text of blanks is blank, and a bound is named once', () => {
  const schema = Type.Object({ text: Type.String({ pattern: '\\S', maxLength: 3 }) });
  expect(mistakesOf(schema, { text: '     ' })).toEqual([
    { path: '/text', message: 'must not have more than 3 characters' },
    { path: '/text', message: 'must not be blank' },
  ]);
});
