import { createHash } from 'node:crypto';
import { type BlobRef, brandToken, type Notes, TerminalError } from '@slipstream/contracts';
import { type BlobCache, type Bus, getBlob } from '@slipstream/jetstream';
import type { AnswerModels } from '@slipstream/providers';
import { isOutage } from '@slipstream/resilience';
import type { DocumentNotes, NotedDocument } from '@slipstream/retrieval';
import type { HandlerOf } from '@slipstream/worker';
import { notesByModel, UnusableNotesError, type WrittenNotes } from '../notes/model-notes.ts';

/** Raised when the same document gives other notes than before. */
const VERSION = 1;

export interface NotesParts {
  readonly bus: Bus;
  readonly cache: BlobCache;
  readonly models: AnswerModels;
  /** How much of a document the model reads, in characters. */
  readonly maxChars: number;
}

/**
 * Notes by the answer model, once for the same bytes; or the draft in the document's own sentences,
 * when there is no model, when it is down, or when it writes something else. Then they say why.
 */
export const createWriteNotes =
  ({ bus, cache, models, maxChars }: NotesParts): HandlerOf<'write-notes'> =>
  async (payload, { signal, log }) => {
    const { brand, url, fingerprint, draftMs, draftCached } = payload;
    const from = performance.now();
    const timings = () => ({
      notesMs: Math.round((draftMs + performance.now() - from) * 100) / 100,
    });
    const draft = async (degraded?: string): Promise<Notes> => {
      const { draft: ref } = payload;
      const notes = await read<DocumentNotes & WrittenNotes>(ref as BlobRef);
      const why = degraded !== undefined && { degraded };
      return { ...notes, url, mode: 'extractive', ...why, cached: draftCached, timings: timings() };
    };
    const model = models.modelFor(fingerprint);
    if (!model) return draft();

    const space = brandToken(brand);
    const name = createHash('sha256').update(`${fingerprint} ${VERSION} ${model.id} ${maxChars}`);
    const key = `${name.digest('hex')}-notes`;
    const known = await cache.get(space, key);
    if (known) {
      const notes = JSON.parse(Buffer.from(known.bytes).toString()) as WrittenNotes;
      return { ...notes, url, mode: 'model', cached: true, timings: timings() };
    }
    try {
      const document = await read<NotedDocument>(payload.document as BlobRef);
      const notes = await notesByModel(model, document, { signal, maxChars });
      await cache.put(space, key, Buffer.from(JSON.stringify({ url, ...notes })));
      return { ...notes, url, mode: 'model', cached: false, timings: timings() };
    } catch (err) {
      if (signal.aborted || !(err instanceof UnusableNotesError || isOutage(err))) throw err;
      log.warn({ err }, 'the answer model wrote no notes, they are extractive');
      return draft(`answer model: ${(err as Error).message}`);
    }

    async function read<T>(ref: BlobRef): Promise<T> {
      const bytes = await getBlob(bus, ref);
      if (bytes) return JSON.parse(Buffer.from(bytes).toString()) as T;
      throw new TerminalError(
        'the text of the document is past its retention, or was erased: send the document again',
        { code: 'document-expired' },
      );
    }
  };
