import { stopWords } from './languages/stop-words.ts';
import { terms } from './terms.ts';

/**
 * What a question of a conversation asks when it stands alone: `And the Tarn 2?` after `How do I
 * reset the Tarn 4?` is `How do I reset the Tarn 2?`. A question that leans on nothing comes back as
 * it is.
 *
 * @param earlier what the same person asked before, oldest first
 */
export function standaloneQuestion(question: string, earlier: readonly string[]): string {
  const [first, ...later] = [...earlier, question];
  return later.reduce(carryOver, first ?? question);
}

/** Whether a question needs what was said before it. */
export function leansOnHistory(question: string): boolean {
  if (OPENERS.test(question) || INSTEAD.test(question)) return true;
  if (namesOf(question).length > 0) return isBareName(question);
  const own = new Set(terms(question)).size;
  return own <= FEW_TERMS || (own <= SHORT_TERMS && POINTERS.test(question));
}

/** With so few terms a question that names nothing is about what was talked of: `How long?` */
const FEW_TERMS = 1;

/** In a longer question `it` mostly points to a word of the question itself. */
const SHORT_TERMS = 4;

/** From this many terms of its own on, a question only lacks the thing that it points to. */
const ENOUGH_TERMS = 3;

const OPENERS =
  /^\s*(?:and|or|but|so|then|also|what about|how about|what if|same (?:for|with|on))\b/i;
const INSTEAD = /\b(?:instead|the same|the other(?: ones?)?|do so|otherwise)\b/i;
const POINTERS =
  /\b(?:it|its|they|them|their|theirs|this|these|those|that one|(?:of|for|about|with|do|is|does|after|before) that)\b/i;

function carryOver(before: string, question: string): string {
  if (!leansOnHistory(question)) return question;
  const names = namesOf(question);
  const earlier = namesOf(before);
  const name = names.at(-1);
  const last = earlier.findLast((one) => isLarge(one) === isLarge(name ?? one)) ?? earlier.at(-1);
  // Another thing, the same wish.
  if (name !== undefined && isBareName(question)) {
    if (last !== undefined) return before.replaceAll(last, name);
    return `${withoutMark(before)}, ${name}?`;
  }
  const own = new Set(terms(question.replace(OPENERS, '')));
  const rest = withoutMark(question);
  if (name !== undefined) {
    const wish = earlier.reduce((text, one) => text.replaceAll(one, ' '), before);
    return own.size > ENOUGH_TERMS ? question : `${rest} (${squeezed(wish)})?`;
  }
  if (own.size >= ENOUGH_TERMS && last !== undefined) return `${rest} (${last})?`;
  return `${rest} (${withoutMark(before)})?`;
}

/** A question that says nothing but a name: `And on the Fell 12?` */
function isBareName(question: string): boolean {
  const names = namesOf(question);
  const rest = names.reduce((text, name) => text.replace(name, ' '), question);
  return names.length > 0 && terms(rest.replace(OPENERS, '')).length === 0;
}

const PHRASE =
  /\p{Lu}[\p{L}\p{N}_-]*(?:[ -](?:\p{Lu}[\p{L}\p{N}_-]*|\p{N}[\p{L}\p{N}]*))*|\b\p{Ll}{3,} \p{N}+\b/gu;

/** Things that a question names: `Tarn 4`, `tarn 4`, `Beck`, `USB`. */
function namesOf(question: string): string[] {
  return Array.from(question.matchAll(PHRASE), ([phrase]) => {
    const all = phrase.split(' ');
    while (all[0] !== undefined && stopWords.en.has(all[0].toLowerCase())) all.shift();
    return all.join(' ');
  }).filter((name) => name !== '' && !isFirstWord(name, question));
}

/** The first word of a sentence is large anyway; only with a number it is surely a name. */
const isFirstWord = (name: string, question: string): boolean =>
  question.trimStart().startsWith(name) && !/\p{N}/u.test(name) && !/^\p{Lu}{2}/u.test(name);

const isLarge = (name: string): boolean => /^\p{Lu}/u.test(name);
const withoutMark = (text: string): string => text.trim().replace(/[\s?!.]+$/, '');
const squeezed = (text: string): string => withoutMark(text.replaceAll(/\s+/g, ' '));
