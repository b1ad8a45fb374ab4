import type { AnswerLength } from './answer-length.ts';
import { coverage, type Idf } from './idf.ts';
import { splitWords } from './languages/split-words.ts';
import { holdsQuantity } from './quantity.ts';
import type { ScoredUnit } from './question.ts';

/** Neighbouring units of one passage that may be an answer. */
export interface Window {
  readonly units: readonly ScoredUnit[];
  /** The unit that covers most of the question. */
  readonly best: ScoredUnit;
  /** Comparable between windows for one question. */
  readonly value: number;
}

export interface WindowOptions {
  readonly idf: Idf;
  readonly length: AnswerLength;
  /** The question asks for a number or a time. */
  readonly quantity?: boolean;
}

/** What it costs if the best unit comes last: enough to decide between equal windows. */
const LATENESS_COST = 0.1;

/**
 * What a number is worth if one is asked for: token F1 of facts on the sample manual 0.617 instead of
 * 0.594, the same with anything from 0.1 to 0.3.
 */
const QUANTITY_GAIN = 0.15;

/**
 * The run of units of the wanted length that covers most of the question. Of equal runs the one
 * whose best unit comes first, for what follows a matching sentence usually explains it.
 */
export function bestWindow(
  question: ReadonlySet<string>,
  units: readonly ScoredUnit[],
  { idf, length, quantity = false }: WindowOptions,
): Window | undefined {
  let found: Window | undefined;
  for (const start of units.keys()) {
    const window = takeFrom(start, units, length);
    const best = window.reduce((one, other) => (other.coverage > one.coverage ? other : one));
    const covered = new Set(window.flatMap((unit) => [...unit.terms]));
    const late = (LATENESS_COST * window.indexOf(best)) / window.length;
    const gain =
      quantity && window.some((unit) => holdsQuantity(unit, question, idf.language))
        ? QUANTITY_GAIN
        : 0;
    const value = coverage(question, covered, idf) + best.coverage + gain - late;
    if (!found || value > found.value) found = { units: window, best, value };
  }
  return found;
}

/**
 * Units from `start` on until there are enough words. A table row says what it says alone: only rows
 * that fit the question as well join it, and text does not run into a table.
 */
function takeFrom(
  start: number,
  units: readonly ScoredUnit[],
  { least, most }: AnswerLength,
): ScoredUnit[] {
  const [first, ...rest] = units.slice(start);
  if (!first) return [];
  const taken = [first];
  let size = splitWords(first.text).length;
  for (const unit of rest) {
    size += splitWords(unit.text).length;
    if (size > most || (unit.kind === 'row') !== (first.kind === 'row')) break;
    if (first.kind === 'row' && unit.coverage < first.coverage) break;
    if (first.kind !== 'row' && size - splitWords(unit.text).length >= least) break;
    taken.push(unit);
  }
  return taken;
}
