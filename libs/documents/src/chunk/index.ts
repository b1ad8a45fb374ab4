/** A door of its own: the gateway takes chunks that others have cut without loading the parsers. */
export { docIdOf } from '../url/doc-id-of.ts';
export { normalizeUrl } from '../url/normalize-url.ts';
export { type Piece, toChunks } from './to-chunks.ts';
