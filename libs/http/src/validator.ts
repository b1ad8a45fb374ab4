import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';

/** A place in a request that does not fit, as problem details name it. */
export interface Mistake {
  /** JSON pointer: `/payload/url` in the body, `/query/limit`, `/params/id`, `/headers/...` elsewhere. */
  readonly path: string;
  readonly message: string;
}

/** Thrown for a request that does not fit its schema. */
export class MistakesError extends Error {
  override readonly name = 'MistakesError';
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: readonly Mistake[]) {
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
    const mistakes = [...compiled.Errors(value)].flatMap(mistakesOf);
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

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: unknown;
}

/** What the schema library says of one place, with the field that it is about in the path. */
function mistakesOf({ keyword, instancePath, message, params }: SchemaError): Mistake[] {
  const details = params as Record<string, unknown>;
  if (keyword === 'required') {
    const missing = details['requiredProperties'] as readonly string[];
    return missing.map((name) => ({ path: `${instancePath}/${name}`, message: 'is required' }));
  }
  if (keyword === 'additionalProperties') return []; // each of them has an entry of its own
  if (keyword === 'boolean') return [{ path: instancePath, message: 'is not a known field' }];
  const detail = Object.values(details).flat().join(', ');
  return [{ path: instancePath, message: detail ? `${message} (${detail})` : message }];
}
