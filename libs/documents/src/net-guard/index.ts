/** A door of its own: the gateway checks URLs without loading the parsers of documents. */
export { isPublicAddress, unwrapAddress } from './addresses.ts';
export { type AllowList, AllowListError, parseAllowList } from './allow-list.ts';
export { checkUrl, HOW_TO_ALLOW, type UrlVerdict } from './check-url.ts';
export { usableAddresses } from './usable-addresses.ts';
