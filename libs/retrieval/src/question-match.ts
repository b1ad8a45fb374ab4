import type { Idf } from './idf.ts';
import { splitWords } from './languages/split-words.ts';
import { opposites } from './opposites.ts';
import { terms } from './terms.ts';

/** What two questions are compared by. Made once per question. */
export interface QuestionShape {
  /** Stemmed terms without stop words. */
  readonly terms: ReadonlySet<string>;
  /** Every word, in lower case. */
  readonly words: ReadonlySet<string>;
  /** Words with a digit, and those written like a name inside a sentence; in lower case. */
  readonly names: ReadonlySet<string>;
  /** What is asked for (a reason, a time, a number, ...), and words that turn an answer around. */
  readonly turns: string;
}

/**
 * From here on two questions count as one, if names, numbers and turns agree: no wrong hit among the
 * 228 questions of `examples/manual/asked.jsonl`, of which many are twins that ask something else.
 */
export const SAME_QUESTION = 0.85;

export function questionShape(question: string): QuestionShape {
  const all = splitWords(question);
  const turns = [askedFor(question), ...all.flatMap((word) => opposites.get(word) ?? [])];
  if (NEGATION.test(question)) turns.push('not');
  return {
    terms: new Set(terms(question).filter((term) => !FILLERS.has(term))),
    words: new Set(all),
    names: namesIn(question),
    turns: [...new Set(turns)].sort().join(' '),
  };
}

/** The question as a key: the same but for case, spaces and the mark at its end. */
export const normalQuestion = (question: string): string =>
  question
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .replace(/[\s?!.]+$/, '')
    .trim();

/**
 * How much two questions ask the same, 0 to 1: the idf-weighted Jaccard of their terms. 0 when they
 * name different numbers or models, ask for different things, or one turns the other around.
 */
export function questionSimilarity(one: QuestionShape, other: QuestionShape, idf: Idf): number {
  if (one.turns !== other.turns) return 0;
  // A name may be written in small letters in one of them.
  if (!one.names.isSubsetOf(other.words) || !other.names.isSubsetOf(one.words)) return 0;
  let shared = 0;
  let all = 0;
  for (const term of one.terms.union(other.terms)) {
    const weight = idf(term);
    all += weight;
    if (one.terms.has(term) && other.terms.has(term)) shared += weight;
  }
  return all === 0 ? 0 : shared / all;
}

/** Terms that people put around a question. */
const FILLERS: ReadonlySet<string> = new Set(
  terms('find way tell know want need possible explain describe help please show me steps'),
);

const NEGATION = /\b(?:not|no|never|none|without|cannot|neither|nor)\b|n[’']t\b/i;

/** Question words that cannot stand for each other; `what`, `which` and a bare `how` can. */
const ASKED_FOR: readonly (readonly [string, RegExp])[] = [
  ['why', /\b(?:why|how come|reason)\b/i],
  ['when', /\bwhen\b/i],
  ['where', /\bwhere\b/i],
  ['who', /\b(?:who|whom|whose)\b/i],
  ['number', /\bhow (?:many|much|long|far|often|big|high|old|fast|heavy|loud|deep)\b/i],
  // Yes or no: `Can a Tarn 8 be used with an iPad` asks for no iPad.
  ['whether', /^(?:can|could|do|does|did|is|are|was|may|must|should|will|has|have)\b(?! you\b)/i],
];

/** What is counted: telephones per mix are not mixes per telephone. */
const COUNTED = /\bhow many (\p{L}+)/iu;

function askedFor(question: string): string {
  const names = ASKED_FOR.filter(([, pattern]) => pattern.test(question)).map(([name]) => name);
  return [...names, ...terms(COUNTED.exec(question)?.[1] ?? '')].join('+');
}

/** `Tarn`, `USB`, `XR-200`; the first word of a sentence is written large anyway. */
function namesIn(question: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const match of question.matchAll(/[\p{L}\p{N}]+(?:[-_.][\p{L}\p{N}]+)*/gu)) {
    const [word] = match;
    const first = /(?:^|[.!?:]\s*)["'(]*$/.test(question.slice(0, match.index));
    const large = /^\p{Lu}/u.test(word) && word !== 'I' && !first;
    const shape = /\p{N}/u.test(word) || /^\p{Lu}{2}/u.test(word);
    if (large || shape) for (const part of splitWords(word)) names.add(part);
  }
  return names;
}
