import type { Chunk } from '@slipstream/contracts';
import { detectLanguage, type Language, languages, terms } from '@slipstream/retrieval';

/** In which language the stems of a document are taken; English if its words do not tell. */
export const documentLanguage = (chunks: Iterable<Chunk>): Language =>
  detectLanguage([...chunks].map(({ text }) => text).join('\n')) ?? 'en';

/**
 * What keyword search looks through, as terms with spaces between them: title and headings count
 * double. On Cranfield nDCG@10 is 0.315
 * with the text alone, 0.374 with the title once, 0.389 twice, 0.393 three times; separate columns
 * with boosts stay below.
 */
export function searchText({ title, headingPath, text }: Chunk, language: Language): string {
  const heading = headingPath.join('\n');
  return terms([title, title, heading, heading, text].join('\n'), language).join(' ');
}

/**
 * The terms of a query in its language, or, if its words do not tell, in each of those it may be in.
 *
 * @param among languages of the store; none are known: all are tried
 */
export function queryTerms(query: string, among: readonly Language[]): string[] {
  const sure = among.length > 1 ? detectLanguage(query, among) : undefined;
  const taken = sure ? [sure] : among.length > 0 ? among : languages;
  return [...new Set(taken.flatMap((language) => terms(query, language)))];
}
