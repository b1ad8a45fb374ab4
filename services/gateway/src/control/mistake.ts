import { ProblemError } from '@slipstream/contracts';

/** A request that fits its schema and still cannot be: names the field. */
export const mistake = (path: string, message: string): ProblemError =>
  new ProblemError('invalid-request', `${path} ${message}`, { errors: [{ path, message }] });
