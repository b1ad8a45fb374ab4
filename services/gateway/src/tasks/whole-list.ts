import { type Static, Type } from 'typebox';
import { badCursor } from './page.ts';

/** The query of a list that is known whole. */
export const ListQuery = Type.Object(
  {
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
    cursor: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

export const NextCursor = Type.Union([Type.String(), Type.Null()]);

/**
 * One page of a list that is known whole. The next one begins after the last item of this one, by
 * its key; where that has gone meanwhile, at its place.
 */
export function pageOfWhole<T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  { limit, cursor }: Static<typeof ListQuery>,
): { items: T[]; nextCursor: string | null } {
  const start = cursor === undefined ? 0 : startAfter(all.map(keyOf), cursor);
  const items = all.slice(start, start + limit);
  const last = items.at(-1);
  const end = start + items.length;
  return { items, nextCursor: last && end < all.length ? format(keyOf(last), end - 1) : null };
}

const format = (key: string, place: number): string =>
  Buffer.from(JSON.stringify([key, place])).toString('base64url');

function startAfter(keys: readonly string[], cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, key, place] = /^\["(.*)",(\d{1,9})\]$/s.exec(text) ?? [];
  if (key === undefined) throw badCursor();
  const known = keys.findIndex((one) => JSON.stringify(one) === `"${key}"`);
  return known === -1 ? Number(place) : known + 1;
}
