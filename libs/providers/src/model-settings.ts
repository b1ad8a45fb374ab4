import { policies } from '@slipstream/resilience';
import { Type } from 'typebox';

/** A setting that is a text or missing. */
export const text = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, description }));

/** How every model server is called. */
export const modelSettings = {
  SLIPSTREAM_MODEL_TIMEOUT_MS: Type.Integer({
    default: policies.model.timeoutMs,
    minimum: 100,
    description:
      'Longest wait for an answer of a model server, or for the next piece of a stream, ms',
  }),
  SLIPSTREAM_MODEL_OPEN_MS: Type.Integer({
    default: policies.model.openMs,
    minimum: 100,
    description: `How long a model server is left alone after ${policies.model.failures} failures in a row, ms`,
  }),
};
