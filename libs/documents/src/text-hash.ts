import { plainText } from './chunk/plain-text.ts';
import { sha256 } from './hash.ts';

/**
 * SHA-256 (64 hex digits) of the words of a document. White space, link targets and image
 * addresses do not count: sites put dates and tokens there on every delivery, and no chunk holds
 * them, so a document with the same hash has the same chunks.
 */
export function textHash(markdown: string): string {
  return sha256(plainText(markdown).replace(/\s+/g, ' ').trim());
}
