import { ID_PATTERN, ProblemError } from '@slipstream/contracts';

const id = new RegExp(ID_PATTERN);

/** A cursor that clients hand back without looking into it: the last id of a page. */
export const formatPage = (lastId: string): string => Buffer.from(lastId).toString('base64url');

/** The id before which the next page begins. Throws `invalid-request` for what we did not make. */
export function parsePage(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const lastId = Buffer.from(cursor, 'base64url').toString();
  if (id.test(lastId)) return lastId;
  throw badCursor();
}

export const badCursor = (): ProblemError =>
  new ProblemError('invalid-request', 'The cursor is not one of ours.', {
    errors: [{ path: '/query/cursor', message: 'must be the nextCursor of an answer' }],
  });
