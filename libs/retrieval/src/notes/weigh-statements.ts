import { terms } from '../terms.ts';
import type { Section, Statement } from './statements.ts';

export interface Weighed extends Statement {
  readonly section: Section;
  /** 0 and more: how much of the document it carries. */
  readonly weight: number;
}

/** Added to the number of terms that a mean is taken over, so that very short sentences do not win. */
const SHORT = 3;

/**
 * Weighs the statements of a document by what it is about: the mean weight of their terms (frequent
 * in the document, but not in every sentence: the centroid of Radev and others, 2004), what they
 * share with title and heading, and their place: openings of the document and of sections.
 */
export function weighStatements(title: string, sections: readonly Section[]): Weighed[] {
  const all = sections.flatMap((section) =>
    section.statements.map((statement) => ({ section, statement })),
  );
  const counts = new Map<string, number>();
  for (const { statement } of all)
    for (const term of statement.terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  const weightOf = (term: string): number => {
    const count = counts.get(term) ?? 0;
    return Math.log(1 + count) * Math.log(1 + all.length / (count || 1));
  };
  const central = all.map(({ statement }) => {
    let sum = 0;
    for (const term of statement.terms) sum += weightOf(term);
    return sum / (statement.terms.size + SHORT);
  });
  const most = central.reduce((a, b) => Math.max(a, b), 0) || 1;
  const titleTerms = new Set(terms(title));
  const headingTerms = new Map(sections.map((one) => [one, new Set(terms(one.heading))]));
  return all.map(({ section, statement }, at) => {
    const { quality, place, first } = statement;
    const weight =
      quality *
      ((central[at] ?? 0) / most +
        0.3 * share(titleTerms, statement.terms) +
        0.2 * share(headingTerms.get(section) ?? new Set(), statement.terms) +
        0.4 * Math.exp(-place / 5) +
        (first ? 0.15 : 0));
    return { ...statement, section, weight };
  });
}

/** The part of `wanted` that is in `found`: 0 to 1. */
function share(wanted: ReadonlySet<string>, found: ReadonlySet<string>): number {
  return wanted.size === 0 ? 0 : common(wanted, found) / wanted.size;
}

/** How much two statements say the same: 0 to 1. */
export const overlap = (one: ReadonlySet<string>, other: ReadonlySet<string>): number =>
  common(one, other) / Math.min(one.size, other.size);

/** Counted, not collected: it is asked a million times for a long document. */
function common(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const [small, large] = one.size < other.size ? [one, other] : [other, one];
  let count = 0;
  for (const term of small) if (large.has(term)) count += 1;
  return count;
}
