import type { Citation } from './extract-answer.ts';
import { countTerms, coverage, type Idf, idfFrom } from './idf.ts';
import { detectLanguage, type Language } from './languages/language.ts';
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
  /** What was taken out because no passage holds it; only when `strict`. */
  readonly unsupported: readonly string[];
}

export interface VerifyOptions {
  readonly idf?: Idf;
  /** Default: `CITATION_COVERAGE`. */
  readonly minCoverage?: number;
  /**
   * Take out what no passage holds, cited or not: sentences, headings, code, and whatever names an
   * address that the passages do not have. Default: false, only the marks go.
   */
  readonly strict?: boolean;
}

/** A passage that may have an address of its own. */
type Source = Passage & { readonly url?: string };

/** `[2]` or `[1, 3]`, with the space before it, but not a link. */
const MARKS = /[ \t]*\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\](?!\()/g;

/**
 * Checks each `[n]` of an answer: passage n, counted from 1, must exist and must hold the weight of
 * the sentence that cites it. Marks that fail are taken out of the text, code is left alone unless
 * `strict`.
 *
 * @param passages as they were numbered in the prompt
 */
export function verifyCitations(
  answer: string,
  passages: readonly Source[],
  options: VerifyOptions = {},
): VerifiedAnswer {
  const { minCoverage = CITATION_COVERAGE, strict = false } = options;
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

  const unsupported: string[] = [];
  const known = strict ? passages.map((one) => `${wholeText(one)} ${one.url ?? ''}`).join(' ') : '';
  const hasForeignAddress = (text: string): boolean =>
    (text.match(ADDRESS) ?? []).some((address) => !known.includes(address));
  /** Whether a text that cites nothing says what one of the passages says. */
  const isHeld = (text: string, least: number): boolean => {
    const own = saidIn(text, language);
    if (hasForeignAddress(text)) return false;
    return own.size === 0 || sources.some((one) => coverage(own, one.terms, idf) >= least);
  };
  /** Headings and the heads of tables between two units. */
  const heldLines = (gap: string): string => {
    if (!strict) return gap;
    const lines = gap.split('\n').filter((line) => {
      const held = BARE_MARK.test(line) || isHeld(line, minCoverage);
      if (!held) unsupported.push(line.trim());
      return held;
    });
    return lines.join('\n');
  };

  let verified = '';
  let copied = 0;
  for (const unit of unitsOf(answer)) {
    if (unit.kind === 'code') {
      if (!strict || isHeld(unit.text, CODE_COVERAGE)) continue;
      verified += heldLines(answer.slice(copied, unit.start));
      unsupported.push(unit.text);
      copied = unit.end;
      continue;
    }
    // A sentence without own words (`Yes. [1]`) stands for the one before it.
    const own = saidIn(unit.text, language);
    if (own.size > 0) claim = own;
    let held = 0;
    const foreign = strict && hasForeignAddress(unit.text);
    const text = outsideCode(unit, (mark) => {
      if (foreign) return '';
      const kept = [...new Set(mark.split(',').map((n) => check(Number(n))))].filter(
        (n) => n !== undefined,
      );
      held += kept.length;
      return kept.map((n) => `[${n}]`).join('');
    });
    if (held === 0 && own.size > 0) uncited += 1;
    verified += heldLines(answer.slice(copied, unit.start));
    copied = unit.end;
    if (!strict || (held > 0 && !foreign) || isHeld(text, minCoverage)) verified += text;
    else {
      unsupported.push(unit.text);
      verified = verified.replace(ITEM_MARK, '').replace(/[ \t]+$/, '');
    }
  }
  verified += heldLines(answer.slice(copied));
  if (unsupported.length > 0) verified = verified.replaceAll(/\n{3,}/g, '\n\n').trim();
  return { answer: verified, citations, removed, uncited, unsupported };
}

/** What a sentence says by itself; `Yes.` says what comes before or after it. */
const saidIn = (text: string, language: Language): ReadonlySet<string> =>
  new Set(YES_OR_NO.test(text) ? [] : terms(text.replace(MARKS, ''), language));

const YES_OR_NO = /^\W*(?:yes|no)\b(?:\W|\[\d+\])*$/i;
/** Commands are copied, not reworded. */
const CODE_COVERAGE = 0.8;
const ADDRESS = /\bhttps?:\/\/[^\s)\]>"'`]+|\bwww\.[^\s)\]>"'`]+|[\w.+-]+@[\w-]+\.[\w.-]*\w/gi;
const BARE_MARK = /^\s*(?:[-*+]|\d{1,9}[.)])\s*$/;
/** What stands before an item that was taken out. */
const ITEM_MARK = /(?<=^|\n)[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+$/;

/** The model may use words that no passage has; they weigh no more than those of one passage. */
function idfOf(passages: readonly Passage[]): Idf {
  const whole = passages.map(wholeText);
  const counted = countTerms(whole, detectLanguage(whole.join('\n')) ?? 'en');
  const idf = idfFrom(counted);
  const once = idfFrom({ texts: counted.texts, frequencies: new Map([['', 1]]) })('');
  const { language, share } = idf;
  return Object.assign((term: string) => Math.min(idf(term), once), { language, share });
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
