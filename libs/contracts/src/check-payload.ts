import { Compile, type Validator } from 'typebox/compile';
import type { TaskDefinition } from './define-task.ts';
import { type FieldMistake, fieldMistakes } from './field-mistakes.ts';

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
  return [...validator.Errors(payload)]
    .flatMap(fieldMistakes)
    .slice(0, MOST)
    .map(({ path, message }) => ({ path: path || '/', message }));
}
