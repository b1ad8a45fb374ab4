import { Compile, type Validator } from 'typebox/compile';
import type { TaskDefinition } from './define-task.ts';

export interface FieldMistake {
  /** JSON pointer of the field: `/url`. */
  readonly path: string;
  readonly message: string;
}

/** Most mistakes that are named. */
const MOST = 10;

const compiled = new WeakMap<TaskDefinition, Validator>();

/** Every mistake in a payload, at most ten; none when it fits. The gateway and the worker ask the same. */
export function payloadMistakes(definition: TaskDefinition, payload: unknown): FieldMistake[] {
  let validator = compiled.get(definition);
  if (!validator) {
    validator = Compile(definition.payload) as unknown as Validator;
    compiled.set(definition, validator);
  }
  if (validator.Check(payload)) return [];
  return [...validator.Errors(payload)].flatMap(mistakesOf).slice(0, MOST);
}

interface SchemaError {
  readonly instancePath: string;
  readonly message: string;
  readonly params: Record<string, unknown>;
}

/** A field that is missing, or one too many, gets a path of its own. */
function mistakesOf({ instancePath, message, params }: SchemaError): FieldMistake[] {
  const named = (fields: unknown, what: string): FieldMistake[] =>
    (fields as string[]).map((field) => ({ path: `${instancePath}/${field}`, message: what }));
  if (params['requiredProperties']) return named(params['requiredProperties'], 'is required');
  if (params['additionalProperties']) return named(params['additionalProperties'], 'is not known');
  const detail = Object.values(params).flat().join(', ');
  const said = detail === '' || message.includes(detail);
  return [{ path: instancePath || '/', message: said ? message : `${message} (${detail})` }];
}
