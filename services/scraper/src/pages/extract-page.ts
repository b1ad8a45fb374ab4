import { TerminalError } from '@slipstream/contracts';
import {
  DocumentError,
  decodeText,
  type HtmlSelectors,
  htmlToDocument,
  markdownToDocument,
  textToDocument,
} from '@slipstream/documents';
import type { FetchedPage } from '../fetch/index.ts';
import type { DocumentType } from './document-type.ts';

/** What a crawl needs of a page, of whatever type it is. */
export interface ExtractedPage {
  readonly title: string;
  readonly markdown: string;
  readonly noindex: boolean;
  readonly canonical?: string;
  readonly links: readonly string[];
  readonly nofollow: readonly string[];
}

/** Reads a page; what its `X-Robots-Tag` says holds as if the page said it. */
export function extractPage(
  { bytes, contentType, url, robotsTag = '' }: FetchedPage,
  type: Exclude<DocumentType, 'pdf'>,
  selectors: HtmlSelectors | undefined,
): ExtractedPage {
  const text = decodeText(bytes, contentType);
  const page = type === 'html' ? readHtml(text, url, selectors) : readText(text, url, type);
  const noindex = page.noindex || /\b(?:noindex|none)\b/i.test(robotsTag);
  if (!/\b(?:nofollow|none)\b/i.test(robotsTag)) return { ...page, noindex };
  return { ...page, noindex, links: [], nofollow: [...page.links, ...page.nofollow] };
}

/** @throws TerminalError for a selector that is none */
export function readHtml(
  html: string,
  url: string,
  selectors: HtmlSelectors | undefined,
): ExtractedPage {
  try {
    return htmlToDocument(html, url, { selectors });
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new TerminalError(error.message, { code: error.code, cause: error });
  }
}

function readText(text: string, url: string, type: 'markdown' | 'text'): ExtractedPage {
  const read = type === 'markdown' ? markdownToDocument : textToDocument;
  return { ...read(text, url), noindex: false, links: [], nofollow: [] };
}
