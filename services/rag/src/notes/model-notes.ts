import { randomUUID } from 'node:crypto';
import type { Notes } from '@slipstream/contracts';
import type { AnswerModel } from '@slipstream/providers';
import { digestOf, type NotedDocument, verifyNotes } from '@slipstream/retrieval';
import { withSpan } from '@slipstream/telemetry';
import { notesPrompt } from './notes-prompt.ts';
import { parseNotes } from './parse-notes.ts';

/** The reply of the model is not what it was asked for. */
export class UnusableNotesError extends Error {
  override readonly name = 'UnusableNotesError';
}

export type WrittenNotes = Omit<Notes, 'url' | 'mode' | 'degraded' | 'cached' | 'timings'>;

export interface ModelNotesOptions {
  readonly signal: AbortSignal;
  /** How much of a document the model reads, in characters. */
  readonly maxChars: number;
}

/**
 * Lets the model write notes of a document, or of what carries most of one that is longer than
 * `maxChars`, and checks each statement afterwards: what the document does not hold is left out.
 *
 * @throws UnusableNotesError, and whatever the model throws
 */
export function notesByModel(
  model: AnswerModel,
  document: NotedDocument,
  { signal, maxChars }: ModelNotesOptions,
): Promise<WrittenNotes> {
  return withSpan('notes model', { attributes: { 'gen_ai.request.model': model.id } }, async () => {
    const request = notesPrompt(document.title, digestOf(document, maxChars), randomUUID());
    const { text, usage } = await model.write(request, { signal });
    const parsed = parseNotes(text);
    if (!parsed) throw new UnusableNotesError(`${model.id} did not reply with notes as JSON`);
    const { notes, removed } = verifyNotes(parsed, document);
    if (notes.summary === '' || notes.keyPoints.length === 0) {
      throw new UnusableNotesError(
        `${model.id} wrote notes that the document does not hold (${removed} statements)`,
      );
    }
    const { summaryPages, keyPoints, sections, ...rest } = notes;
    return {
      ...rest,
      ...(summaryPages && { summaryPages: [...summaryPages] }),
      keyPoints: [...keyPoints],
      sections: sections.map(({ points, ...section }) => ({ ...section, points: [...points] })),
      usage,
    };
  });
}
