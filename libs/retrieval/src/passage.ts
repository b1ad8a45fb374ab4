/** A piece of a document. A chunk of the knowledge store is one. */
export interface Passage {
  readonly id: string;
  /** Title of the document. */
  readonly title: string;
  readonly headingPath: readonly string[];
  /** Markdown. */
  readonly text: string;
}

/** A passage found for a question. Scores are comparable within one list only. */
export interface Hit<P extends Passage = Passage> {
  readonly chunk: P;
  readonly score: number;
  /** Cosine to the question, -1 to 1; undefined if it was not looked at. */
  readonly similarity?: number;
}

/** Best first; equal scores in the order of ids, so that a result never depends on arrival. */
export const byScore = (one: Hit, other: Hit): number =>
  other.score - one.score || (one.chunk.id < other.chunk.id ? -1 : 1);
