import type { Chunk } from '@slipstream/contracts';

export type Expansion = 'neighbours' | 'section';

/** What comes with a chunk of a search: the API's fields. */
export interface Surroundings {
  readonly before?: string;
  readonly after?: string;
  readonly section?: string;
}

/** Characters of a section that are given. */
const MAX_SECTION = 8_000;

/** Characters that a chunk may repeat of the one before it. */
const MAX_OVERLAP = 300;

/**
 * What stands around a chunk.
 *
 * @param document all chunks of its document, in reading order
 */
export function surroundingsOf(
  chunk: Chunk,
  document: readonly Chunk[],
  expansion: Expansion,
): Surroundings {
  const at = document.findIndex(({ id }) => id === chunk.id);
  if (at === -1) return {};
  if (expansion === 'neighbours') {
    const [before, after] = [document[at - 1], document[at + 1]];
    return { ...(before && { before: before.text }), ...(after && { after: after.text }) };
  }
  const isNear = (other: Chunk | undefined): boolean =>
    other !== undefined &&
    other.page === chunk.page &&
    JSON.stringify(other.headingPath) === JSON.stringify(chunk.headingPath);
  let [first, last] = [at, at];
  while (isNear(document[first - 1])) first -= 1;
  while (isNear(document[last + 1])) last += 1;
  const texts = document.slice(first, last + 1).map(({ text }) => text);
  return { section: joined(texts).slice(0, MAX_SECTION) };
}

/** Neighbouring chunks as one text: what a chunk repeats of the one before is there once. */
function joined(texts: readonly string[]): string {
  let whole = '';
  for (const text of texts) {
    const overlap = overlapOf(whole, text);
    whole += overlap > 0 ? text.slice(overlap) : whole === '' ? text : `\n\n${text}`;
  }
  return whole;
}

function overlapOf(before: string, text: string): number {
  for (let length = Math.min(MAX_OVERLAP, text.length, before.length); length > 0; length--)
    if (before.endsWith(text.slice(0, length))) return length > MIN_OVERLAP ? length : 0;
  return 0;
}

/** A few letters that happen to be the same are no repetition. */
const MIN_OVERLAP = 10;
