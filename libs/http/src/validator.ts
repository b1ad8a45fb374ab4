import { type FieldMistake, fieldMistakes } from '@slipstream/contracts';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';

/** Thrown for a request that does not fit its schema. */
export class MistakesError extends Error {
  override readonly name = 'MistakesError';
  readonly mistakes: readonly FieldMistake[];

  constructor(mistakes: readonly FieldMistake[]) {
    super(mistakes.map(({ path, message }) => `${path} ${message}`).join('; '));
    this.mistakes = mistakes;
  }
}

const MAX_MISTAKES = 20;

const prefixes: Readonly<Record<string, string>> = {
  querystring: '/query',
  params: '/params',
  headers: '/headers',
};

/**
 * Checks requests against TypeBox schemas. Bodies are taken as they are; in the query, where
 * everything is text, `limit=50` becomes a number and defaults are filled in. Forms with files are
 * read and checked by their handlers.
 */
export const validator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart, contentType }) => {
  if (contentType === 'multipart/form-data') return (value: unknown) => ({ value });
  const compiled = Compile(schema);
  const prefix = prefixes[httpPart ?? ''] ?? '';
  return (given: unknown) => {
    const value =
      httpPart === 'body' ? given : Value.Default(schema, Value.Convert(schema, structured(given)));
    if (compiled.Check(value)) return { value };
    const mistakes = [...compiled.Errors(value)].flatMap(fieldMistakes);
    return {
      error: new MistakesError(
        mistakes
          .slice(0, MAX_MISTAKES)
          .map(({ path, message }) => ({ path: prefix + path || '/', message })),
      ),
    };
  };
};

/** Fastify's query has no prototype; the conversion wants a plain object. */
const structured = (given: unknown): unknown =>
  typeof given === 'object' && given !== null ? { ...given } : given;
