import type { ChunkFilter, DocumentRef } from '../knowledge-store.ts';

/** A SQL string literal. DataFusion, which reads it, knows no escape but the doubled quote. */
const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;

export const oneOf = (column: string, values: Iterable<string>): string =>
  `${column} IN (${[...values].map(quoted).join(', ')})`;

/** Documents of the same brand are one comparison. At least one document. */
export function documentsSql(documents: readonly DocumentRef[]): string {
  const byBrand = Map.groupBy(documents, ({ brand }) => brand);
  return [...byBrand]
    .map(([brand, refs]) => {
      const ids = oneOf(
        'docId',
        refs.map(({ docId }) => docId),
      );
      return `(brand = ${quoted(brand)} AND ${ids})`;
    })
    .join(' OR ');
}

/** `undefined` if everything passes. */
export function filterSql(filter: ChunkFilter): string | undefined {
  const { brand, source, docId, urlPrefix, since } = filter;
  const conditions = [
    ...Object.entries({ brand, source, docId }).flatMap(([column, value]) =>
      value === undefined ? [] : [`${column} = ${quoted(value)}`],
    ),
    ...(since === undefined ? [] : [`fetchedAt >= ${quoted(new Date(since).toISOString())}`]),
    ...(urlPrefix === undefined ? [] : [`starts_with(url, ${quoted(urlPrefix)})`]),
  ];
  return conditions.length === 0 ? undefined : conditions.join(' AND ');
}
