import type { DocumentNotes, Note, NotedDocument, NotesSection } from './notes.ts';
import { type Section, sectionsOf } from './statements.ts';
import { overlap, type Weighed, weighStatements } from './weigh-statements.ts';

const MAX_SUMMARY = 4;
const MAX_SUMMARY_CHARS = 700;
const MAX_KEY_POINTS = 8;
const MAX_SECTIONS = 40;
const MIN_SECTIONS = 5;
const MAX_POINTS = 3;
/** Two statements that share more of their terms than this say the same. */
const SAME = 0.6;

/**
 * Notes made of a document's own sentences: a summary, key points, and points under its headings.
 * Each sentence is verbatim (without Markdown's signs), names its page, and stands in the notes
 * once. The same document gives the same notes. About 50 ms of processor for a hundred pages.
 */
export function extractNotes(document: NotedDocument): DocumentNotes {
  const sections = sectionsOf(document);
  const weighed = weighStatements(document.title, sections);
  const count = weighed.length;
  const taken: Weighed[] = [];
  const choose = (from: readonly Weighed[], most: number, mostChars = Infinity): Weighed[] => {
    const chosen = chooseDistinct(from, taken, most, mostChars);
    taken.push(...chosen);
    return chosen.toSorted((a, b) => a.place - b.place);
  };
  const summary = choose(weighed, within(count / 8, MAX_SUMMARY), MAX_SUMMARY_CHARS);
  const keyPoints = choose(weighed.map(preferFacts), within(count / 5, MAX_KEY_POINTS));
  const bySection = Map.groupBy(weighed, ({ section }) => section);
  const outline = outlineOf(sections).map((group): NotesSection => {
    const [{ heading, level, page } = { heading: '', level: 0, page: undefined }] = group;
    const own = group.flatMap((section) => bySection.get(section) ?? []);
    const points = choose(own, within(own.length / 6, MAX_POINTS)).map(noteOf);
    return { heading, level: Math.max(level, 1), ...(page !== undefined && { page }), points };
  });
  const pages = [...new Set(summary.flatMap(({ page }) => page ?? []))];
  return {
    title: document.title,
    summary: summary.map(({ text }) => text).join(' '),
    ...(pages.length > 0 && { summaryPages: pages }),
    keyPoints: keyPoints.map(noteOf),
    sections: outline,
  };
}

/** The heaviest, one after the other; what repeats a chosen one or its section weighs less. */
function chooseDistinct(
  from: readonly Weighed[],
  taken: readonly Weighed[],
  most: number,
  mostChars: number,
): Weighed[] {
  const chosen: Weighed[] = [];
  const left = new Map(from.map((one) => [one, { weight: one.weight, nearest: 0 }]));
  const avoid = (other: Weighed): void => {
    for (const [one, state] of left) {
      const same = one.place === other.place ? 1 : overlap(one.terms, other.terms);
      if (same > SAME) left.delete(one);
      else {
        state.nearest = Math.max(state.nearest, same);
        if (one.section === other.section) state.weight -= 0.1;
      }
    }
  };
  for (const one of taken) avoid(one);
  let chars = 0;
  while (chosen.length < most) {
    let best: Weighed | undefined;
    let bestWeight = 0;
    for (const [one, { weight, nearest }] of left) {
      const value = weight - 0.5 * nearest;
      if (value > bestWeight) [best, bestWeight] = [one, value];
    }
    if (!best || (chosen.length > 0 && chars + best.text.length > mostChars)) break;
    chars += best.text.length;
    chosen.push(best);
    left.delete(best);
    avoid(best);
  }
  return chosen;
}

/** What says how much, how long or how to is worth a point of its own. */
const preferFacts = (one: Weighed): Weighed =>
  /\d/.test(one.text) ? { ...one, weight: one.weight + 0.15 * one.quality } : one;

/**
 * Sections as groups of at most `MAX_SECTIONS`: those of the deepest level at which there are not
 * too many, each with what stands below it; or, where the level above has hardly any, the longest of
 * them. Groups in which nothing is said are left out.
 */
function outlineOf(sections: readonly Section[]): Section[][] {
  let deeper: Section[][] = [];
  for (let deepest = 6; deepest > 0; deepest--) {
    const groups = groupsAt(sections, deepest);
    const few = groups.length < MIN_SECTIONS && deeper.length > 0;
    if (groups.length <= MAX_SECTIONS && !few) return groups;
    if (few) break;
    deeper = groups;
  }
  const size = (group: readonly Section[]): number =>
    group.reduce((sum, { statements }) => sum + statements.length, 0);
  const longest = new Set(deeper.toSorted((a, b) => size(b) - size(a)).slice(0, MAX_SECTIONS));
  return deeper.filter((group) => longest.has(group));
}

function groupsAt(sections: readonly Section[], deepest: number): Section[][] {
  const groups: Section[][] = [];
  for (const section of sections) {
    const last = groups.at(-1);
    if (last && section.level > deepest) last.push(section);
    else groups.push([section]);
  }
  return groups.filter((group) => group.some(({ statements }) => statements.length > 0));
}

const within = (wanted: number, most: number): number =>
  Math.min(Math.max(Math.ceil(wanted), 1), most);

const noteOf = ({ text, page }: Weighed): Note => ({ text, ...(page !== undefined && { page }) });
