/**
 * Stands in the result of a parent for the result of one of its children (or the part of it at a
 * JSON pointer) until the parent ends: then what the child returned is put in its place. For kinds
 * with `fillsResult` only.
 *
 * @param key of the child
 */
export const childResult = <T>(key: string, path = ''): T =>
  // Nobody who reads the result of an ended task sees this object: the type is that of the filling.
  ({ $result: key, ...(path && { path }) }) as unknown as T;
