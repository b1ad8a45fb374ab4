import { sha256 } from '../hash.ts';
import { normalizeUrl } from './normalize-url.ts';

/** The id of the document at a URL: 32 hex digits, the same for every spelling of the URL. */
export function docIdOf(url: string): string {
  return sha256(normalizeUrl(url) ?? url).slice(0, 32);
}
