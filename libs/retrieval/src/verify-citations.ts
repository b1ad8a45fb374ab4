import type { Citation } from './extract-answer.ts';
import { countTerms, coverage, type Idf, idfFrom } from './idf.ts';
import { detectLanguage } from './languages/language.ts';
import type { Passage } from './passage.ts';
import { terms } from './terms.ts';
import { type Unit, unitsOf } from './units.ts';

/**
 * Weight of a sentence that the passage it cites must hold. Measured with the written answers of the
 * sample manual: 99 % of the right passages hold it, 98 % of other passages found for the question
 * do not.
 */
export const CITATION_COVERAGE = 0.5;

export interface RemovedCitation {
  /** The number as it stood in the answer. */
  readonly n: number;
  readonly reason: 'no-such-passage' | 'not-covered';
}

export interface VerifiedAnswer {
  /** The answer with the marks that hold, numbered anew: `[1]` is `citations[0]`. */
  readonly answer: string;
  readonly citations: readonly Citation[];
  readonly removed: readonly RemovedCitation[];
  /** Sentences with something to say and no mark that holds. */
  readonly uncited: number;
}

/** `[2]` or `[1, 3]`, with the space before it, but not a link. */
const MARKS = /[ \t]*\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\](?!\()/g;

/**
 * Checks each `[n]` of an answer: passage n, counted from 1, must exist and must hold the weight of
 * the sentence that cites it. Marks that fail are taken out of the text, code is left alone.
 *
 * @param passages as they were numbered in the prompt
 */
export function verifyCitations(
  answer: string,
  passages: readonly Passage[],
  options: { readonly idf?: Idf; readonly minCoverage?: number } = {},
): VerifiedAnswer {
  const { minCoverage = CITATION_COVERAGE } = options;
  const idf = options.idf ?? idfOf(passages);
  const { language } = idf;
  const sources = passages.map((passage) => ({
    passage,
    terms: new Set(terms(wholeText(passage), language)),
  }));
  const numbers = new Map<number, number>();
  const citations: Citation[] = [];
  const removed: RemovedCitation[] = [];
  let uncited = 0;
  let claim: ReadonlySet<string> = new Set();

  /** The new number of a mark, or why it goes. */
  const check = (n: number): number | undefined => {
    const source = sources[n - 1];
    const score = source ? coverage(claim, source.terms, idf) : 0;
    if (!source || score < minCoverage) {
      removed.push({ n, reason: source ? 'not-covered' : 'no-such-passage' });
      return undefined;
    }
    const known = numbers.get(n);
    if (known !== undefined) return known;
    const quote = bestQuote(claim, source.passage, idf);
    const number = citations.push({ chunkId: source.passage.id, quote, score });
    numbers.set(n, number);
    return number;
  };

  let verified = '';
  let copied = 0;
  for (const unit of unitsOf(answer)) {
    if (unit.kind === 'code') continue;
    // A sentence without own words (`Yes. [1]`) stands for the one before it.
    const own = new Set(terms(unit.text.replace(MARKS, ''), language));
    if (own.size > 0) claim = own;
    let held = 0;
    const text = outsideCode(unit, (mark) => {
      const kept = [...new Set(mark.split(',').map((n) => check(Number(n))))].filter(
        (n) => n !== undefined,
      );
      held += kept.length;
      return kept.map((n) => `[${n}]`).join('');
    });
    if (held === 0 && own.size > 0) uncited += 1;
    verified += answer.slice(copied, unit.start) + text;
    copied = unit.end;
  }
  return { answer: verified + answer.slice(copied), citations, removed, uncited };
}

/** The model may use words that no passage has; they weigh no more than those of one passage. */
function idfOf(passages: readonly Passage[]): Idf {
  const whole = passages.map(wholeText);
  const counted = countTerms(whole, detectLanguage(whole.join('\n')) ?? 'en');
  const idf = idfFrom(counted);
  const once = idfFrom({ texts: counted.texts, frequencies: new Map([['', 1]]) })('');
  return Object.assign((term: string) => Math.min(idf(term), once), { language: idf.language });
}

const wholeText = ({ title, headingPath, text }: Passage): string =>
  `${title}\n${headingPath.join('\n')}\n${text}`;

/** Replaces the marks of a unit that are not inside a code span. */
function outsideCode({ text }: Unit, replace: (numbers: string) => string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part.replace(MARKS, (whole, numbers: string) => {
            const marks = replace(numbers);
            return marks === '' ? '' : (/^\s*/.exec(whole)?.[0] ?? '') + marks;
          }),
    )
    .join('');
}

function bestQuote(claim: ReadonlySet<string>, { text }: Passage, idf: Idf): string {
  let best = { text: '', score: -1 };
  for (const unit of unitsOf(text)) {
    const score = coverage(claim, new Set(terms(unit.text, idf.language)), idf);
    if (score > best.score) best = { text: unit.text, score };
  }
  return best.text;
}
