export {
  type ChunkedDocument,
  type ChunkOptions,
  chunkDocument,
  type DocumentPage,
} from './chunk/chunk-document.ts';
export { plainText } from './chunk/plain-text.ts';
export { decodeText, textDecoderFor } from './decode-text.ts';
export { DocumentError, type DocumentErrorCode, documentRemedies } from './document-error.ts';
export {
  type HtmlDocument,
  type HtmlOptions,
  type HtmlSelectors,
  htmlToDocument,
} from './html/html-to-document.ts';
export { selectorMistakes } from './html/select.ts';
export { defaultZipLimits, type ZipLimits } from './packaged/open-zip.ts';
export { type PackageType, packageTypeOf } from './packaged/package-type.ts';
export { readDocx } from './packaged/read-docx.ts';
export { readEpub } from './packaged/read-epub.ts';
export type { PdfPage } from './pdf/messages.ts';
export {
  defaultPdfLimits,
  type PdfDocument,
  type PdfLimits,
  type ReadPdfOptions,
  readPdf,
} from './pdf/read-pdf.ts';
export { maxRobotsChars, parseRobots, type Robots } from './robots/parse-robots.ts';
export { type RobotsVerdict, robotsVerdict } from './robots/robots-verdict.ts';
export {
  createSitemapReader,
  type SitemapEntry,
  type SitemapReader,
} from './robots/sitemap-reader.ts';
export { markdownToDocument, type TextDocument } from './text/markdown-to-document.ts';
export { textToDocument } from './text/text-to-document.ts';
export { titleFromName } from './text/title-from-name.ts';
export { textHash } from './text-hash.ts';
export { docIdOf } from './url/doc-id-of.ts';
export { inScope, type Scope, type ScopeVerdict } from './url/in-scope.ts';
export { normalizeUrl } from './url/normalize-url.ts';
