export {
  createFetcher,
  type Fetcher,
  type FetcherOptions,
  type FetchOptions,
} from './create-fetcher.ts';
export { ended } from './ended.ts';
export { defaultFetchLimits, type FetchLimits } from './fetch-limits.ts';
export type { Accept, DenyReason, FetchedPage, FetchResult, Previous } from './fetch-result.ts';
export { openSharedLedger } from './shared-ledger.ts';
