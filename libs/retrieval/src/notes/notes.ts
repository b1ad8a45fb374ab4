/** A page of a document, or the whole of one that has no pages. */
export interface NotedPage {
  /** From 1; none in a document without pages. */
  readonly number?: number | undefined;
  readonly markdown: string;
}

export interface NotedDocument {
  readonly title: string;
  readonly pages: readonly NotedPage[];
}

/** One statement of a document and where it stands. */
export interface Note {
  readonly text: string;
  readonly page?: number;
}

export interface NotesSection {
  readonly heading: string;
  /** As in the document: 1 is the highest. */
  readonly level: number;
  readonly page?: number;
  readonly points: readonly Note[];
}

/** What a document says, in short. */
export interface DocumentNotes {
  readonly title: string;
  readonly summary: string;
  /** Pages that the summary rests on; none without pages. */
  readonly summaryPages?: readonly number[];
  readonly keyPoints: readonly Note[];
  readonly sections: readonly NotesSection[];
}
