import { countTerms, coverage, type Idf, idfFrom } from '../idf.ts';
import { terms } from '../terms.ts';
import { CITATION_COVERAGE } from '../verify-citations.ts';
import type { DocumentNotes, Note, NotedDocument } from './notes.ts';

export interface VerifiedNotes {
  readonly notes: DocumentNotes;
  /** Statements that the document does not hold. They are left out. */
  readonly removed: number;
}

/**
 * Checks what a model has written against the document: a statement must have the weight of its
 * words on one page (or, without pages, in the document). A page that does not hold it is corrected
 * when another does; what no page holds, and what is said twice, is left out.
 */
export function verifyNotes(notes: DocumentNotes, document: NotedDocument): VerifiedNotes {
  const pages = document.pages.map(({ number, markdown }) => ({
    number,
    terms: new Set(terms(markdown)),
  }));
  const idf = cappedIdf(document);
  const said = new Set<string>();
  let removed = 0;

  /** The page that holds a statement, the given one if it does. */
  function pageOf({
    text,
    page: given,
  }: Note): { readonly number: number | undefined } | undefined {
    const own = new Set(terms(text));
    if (own.size === 0) return undefined;
    const holds = pages.map((page) => ({ page, share: coverage(own, page.terms, idf) }));
    const named = holds.find(({ page }) => given !== undefined && page.number === given);
    if (named && named.share >= CITATION_COVERAGE) return named.page;
    const best = holds.toSorted((a, b) => b.share - a.share)[0];
    return best && best.share >= CITATION_COVERAGE ? best.page : undefined;
  }

  function verified(note: Note): Note[] {
    const text = note.text.replace(/\s+/g, ' ').trim();
    const key = [...new Set(terms(text))].sort().join(' ');
    const page = pageOf(note);
    if (!page || said.has(key)) {
      removed += 1;
      return [];
    }
    said.add(key);
    return [{ text, ...(page.number !== undefined && { page: page.number }) }];
  }

  const summary = sentencesOf(notes.summary).flatMap((text) => verified({ text }));
  const summaryPages = [...new Set(summary.flatMap(({ page }) => page ?? []))].sort(
    (a, b) => a - b,
  );
  const numbers = new Set(pages.map(({ number }) => number));
  return {
    notes: {
      title: notes.title.trim() || document.title,
      summary: summary.map(({ text }) => text).join(' '),
      ...(summaryPages.length > 0 && { summaryPages }),
      keyPoints: notes.keyPoints.flatMap(verified),
      sections: notes.sections.flatMap(({ heading, level, page, points }) => {
        const held = points.flatMap(verified);
        const [first] = held;
        if (!first) return [];
        const begins = page !== undefined && numbers.has(page) ? page : first.page;
        return [{ heading, level, ...(begins !== undefined && { page: begins }), points: held }];
      }),
    },
    removed,
  };
}

const sentencesOf = (text: string): string[] =>
  text
    .split(/(?<=[.!?]["'”’)\]]*)\s+(?=["'“‘(]?[\p{Lu}\p{N}])/u)
    .filter((one) => one.trim() !== '');

/** A word that no page has weighs no more than one that a single page has. */
function cappedIdf({ pages }: NotedDocument): Idf {
  const { texts, frequencies } = countTerms(pages.map(({ markdown }) => markdown));
  const idf = idfFrom({ texts, frequencies });
  const once = idfFrom({ texts, frequencies: new Map([['', 1]]) })('');
  const { language, share } = idf;
  return Object.assign((term: string) => Math.min(idf(term), once), { language, share });
}
