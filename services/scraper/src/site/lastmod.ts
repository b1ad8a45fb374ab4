/** After this a page is fetched whatever its sitemap says: some sitemaps never change. */
const TRUSTED_MS = 7 * 86_400_000;
const DAY_MS = 86_400_000;
/** A date without time is over when it is over everywhere: the last zone is UTC-12. */
const LAST_ZONE_MS = 12 * 3_600_000;

/**
 * Whether a page need not be fetched, because its sitemap says that it has not changed since it was.
 * A `lastmod` that is missing, unreadable, in the future, or without a day counts for nothing, and so
 * does every one when the page was last seen a week ago. `docs/decisions/0024-what-a-second-crawl-asks.md`.
 *
 * @param fetchedAt when the page was last fetched, RFC 3339
 * @param now milliseconds since 1970
 */
export function isUnchanged(lastmod: string | undefined, fetchedAt: string, now: number): boolean {
  const changedBy = lastmod === undefined ? Number.NaN : latest(lastmod);
  const fetched = Date.parse(fetchedAt);
  if (Number.isNaN(changedBy) || Number.isNaN(fetched) || changedBy > now) return false;
  return changedBy < fetched && now - fetched < TRUSTED_MS;
}

/** The latest instant that a W3C date-time can mean, or NaN. */
function latest(lastmod: string): number {
  if (/^\d{4}-\d\d-\d\d$/.test(lastmod)) return Date.parse(lastmod) + DAY_MS + LAST_ZONE_MS;
  return /^\d{4}-\d\d-\d\dT.+(?:Z|[+-]\d\d:?\d\d)$/.test(lastmod)
    ? Date.parse(lastmod)
    : Number.NaN;
}
