import { createHash } from 'node:crypto';
import { type BlobRef, brandToken } from '@slipstream/contracts';
import { titleFromName } from '@slipstream/documents';
import type { BlobCache } from '@slipstream/jetstream';
import { type DocumentNotes, extractNotes, type NotedDocument } from '@slipstream/retrieval';
import type { TaskContext } from '@slipstream/worker';
import { extractDocument, type FileType, fileTypeOf, type SourceFile } from './extract-document.ts';

/** Raised when the same bytes give another text or other notes than before. */
const VERSION = 1;

export interface ReadDocument {
  readonly document: NotedDocument;
  /** Hash of the bytes and of how they were read. */
  readonly fingerprint: string;
  /** URL, title and pages, as JSON. */
  readonly ref: BlobRef;
  /** The same bytes had been read before. */
  readonly cached: boolean;
}

export interface Draft {
  /** `DocumentNotes` and the URL, as JSON. */
  readonly ref: BlobRef;
  readonly cached: boolean;
}

export interface DocumentReader {
  read(
    brand: string,
    file: SourceFile,
    context: Pick<TaskContext, 'signal' | 'progress'>,
  ): Promise<ReadDocument>;
  /** Notes made of the document's own sentences. */
  draft(brand: string, url: string, read: ReadDocument): Promise<Draft>;
}

/**
 * Reads files and makes notes of them; the same bytes of the same brand once. What is kept names the
 * URL that it was first read from: who erases that URL finds it.
 */
export const createDocumentReader = (cache: BlobCache): DocumentReader => ({
  async read(brand, file, context) {
    const space = brandToken(brand);
    const type = fileTypeOf(file);
    const fingerprint = fingerprintOf(file, type);
    const known = await cache.get(space, `${fingerprint}-text`);
    if (known) {
      const document = JSON.parse(Buffer.from(known.bytes).toString()) as NotedDocument;
      return { document: titled(document, file), fingerprint, ref: known.ref, cached: true };
    }
    const document = await extractDocument(file, type, context);
    const kept = { url: file.url, ...document, title: ownTitle(document, file) };
    const bytes = Buffer.from(JSON.stringify(kept));
    const ref = await cache.put(space, `${fingerprint}-text`, bytes);
    return { document, fingerprint, ref, cached: false };
  },

  async draft(brand, url, { document, fingerprint }) {
    const space = brandToken(brand);
    const known = await cache.get(space, `${fingerprint}-draft`);
    if (known) return { ref: known.ref, cached: true };
    const notes: DocumentNotes = extractNotes(document);
    const bytes = Buffer.from(JSON.stringify({ url, ...notes }));
    return { ref: await cache.put(space, `${fingerprint}-draft`, bytes), cached: false };
  },
});

function fingerprintOf({ bytes, contentType }: SourceFile, type: FileType): string {
  const charset = /charset=["']?([\w.:-]+)/i.exec(contentType ?? '')?.[1] ?? '';
  return createHash('sha256')
    .update(`${VERSION} ${type} ${charset.toLowerCase()}\n`)
    .update(bytes)
    .digest('hex');
}

/** A title that comes from the name of the file is not that of its bytes: it is left empty. */
function ownTitle({ title }: NotedDocument, { name, url }: SourceFile): string {
  return [titleFromName(name), titleFromName(url)].includes(title) ? '' : title;
}

const titled = (document: NotedDocument, { name }: SourceFile): NotedDocument =>
  document.title ? document : { ...document, title: titleFromName(name) };
