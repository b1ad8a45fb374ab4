import { Compile, type Validator } from 'typebox/compile';
import type { TaskDefinition } from './define-task.ts';

export interface FieldMistake {
  /** JSON pointer of the field: `/url`. */
  readonly path: string;
  readonly message: string;
}

const compiled = new WeakMap<TaskDefinition, Validator>();

/** Every mistake in a payload, at most ten; none when it fits. The gateway and the worker ask the same. */
export function payloadMistakes(definition: TaskDefinition, payload: unknown): FieldMistake[] {
  let validator = compiled.get(definition);
  if (!validator) {
    validator = Compile(definition.payload) as unknown as Validator;
    compiled.set(definition, validator);
  }
  if (validator.Check(payload)) return [];
  return [...validator.Errors(payload)].slice(0, 10).map(({ instancePath, message, params }) => {
    const detail = Object.values(params as Record<string, unknown>)
      .flat()
      .join(', ');
    return { path: instancePath || '/', message: detail ? `${message} (${detail})` : message };
  });
}
