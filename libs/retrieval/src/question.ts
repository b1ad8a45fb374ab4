import { coverage, type Idf } from './idf.ts';
import type { Passage } from './passage.ts';
import { terms } from './terms.ts';
import { type Unit, unitsOf } from './units.ts';

/** The stemmed terms of a question, in reading order with repetitions. */
export type QuestionTerms = readonly string[];

export interface ScoredUnit extends Unit {
  /** Terms of the unit, its lead, and the title and headings above it. */
  readonly terms: ReadonlySet<string>;
  /** Weight of the question found in these terms: 0 to 1. */
  readonly coverage: number;
}

export interface Features {
  /** Weight of the question found in the passage with its title and headings: 0 to 1. */
  readonly coverage: number;
  /** The same for the best single unit. */
  readonly bestUnit: number;
  /** Weight of the question's neighbouring terms that stand close together here: 0 to 1. */
  readonly proximity: number;
  readonly units: readonly ScoredUnit[];
}

/** How many terms apart two neighbours of the question may stand. */
const NEAR_TERMS = 3;

/** How well a passage fits a question, in three numbers. */
export function featuresOf(question: QuestionTerms, passage: Passage, idf: Idf): Features {
  const wanted = new Set(question);
  const { language } = idf;
  const above = terms(`${passage.title} ${passage.headingPath.join(' ')}`, language);
  const all = new Set(above);
  const sequence: string[] = [];
  const units = unitsOf(passage.text).map((unit): ScoredUnit => {
    const own = terms(unit.text, language);
    for (const term of own) all.add(term);
    sequence.push(...own);
    const found = new Set([...own, ...terms(unit.lead.join(' '), language), ...above]);
    return { ...unit, terms: found, coverage: coverage(wanted, found, idf) };
  });
  return {
    coverage: coverage(wanted, all, idf),
    bestUnit: units.reduce((best, unit) => Math.max(best, unit.coverage), 0),
    proximity: proximityOf(question, sequence, idf),
    units,
  };
}

function proximityOf(question: QuestionTerms, sequence: readonly string[], idf: Idf): number {
  const wanted = new Set(question);
  const places = new Map<string, number[]>();
  for (const [place, term] of sequence.entries()) {
    if (!wanted.has(term)) continue;
    const list = places.get(term);
    if (list) list.push(place);
    else places.set(term, [place]);
  }
  let all = 0;
  let near = 0;
  for (const [index, right] of question.entries()) {
    const left = question[index - 1];
    if (left === undefined || left === right) continue;
    const weight = idf(left) + idf(right);
    all += weight;
    const rights = places.get(right) ?? [];
    const close = (places.get(left) ?? []).some((one) =>
      rights.some((other) => Math.abs(one - other) <= NEAR_TERMS),
    );
    if (close) near += weight;
  }
  return all === 0 ? 0 : near / all;
}
