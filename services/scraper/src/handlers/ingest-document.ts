import { childResult, type Notes, type PageState, sourceOf } from '@slipstream/contracts';
import { chunkDocument, docIdOf, textHash } from '@slipstream/documents';
import type { NotedDocument } from '@slipstream/retrieval';
import type { HandlerOf } from '@slipstream/worker';
import { loadDocument } from '../documents/load-document.ts';
import { type DocumentContent, handOn } from '../pages/hand-on.ts';
import { createStages } from '../pages/stages.ts';
import type { ScraperParts } from './index.ts';

/**
 * Reads a file, uploaded or fetched, and hands its chunks on; the same text twice is left alone. Its
 * notes are a child beside the index: the task ends with both, and its result holds them.
 */
export const createIngestDocument =
  (parts: ScraperParts): HandlerOf<'ingest-document'> =>
  async (payload, context) => {
    const { brand, url } = payload;
    const { stage, timings } = createStages();
    const docId = docIdOf(url);
    const loaded = await stage('download', () => loadDocument(parts, payload, context));
    const { bytes, contentType } = loaded;
    const name = payload.fileName ?? url;
    const file = { bytes, contentType, url, name };
    const read = await stage('extract', () => parts.reader.read(brand, file, context));
    const { document, cached } = read;
    const { title } = document;
    const content = contentOf(document);
    const pages = 'pages' in content ? { pages: content.pages.length } : {};
    const notes = payload.notes ? await writeNotes() : {};
    const about = { url, title, ...pages, cached, ...notes };

    const page: PageState = {
      url,
      textHash: textHash(`${title}\n${textOf(document)}`),
      fetchedAt: new Date().toISOString(),
      ...(loaded.etag !== undefined && { etag: loaded.etag }),
      ...(loaded.lastModified !== undefined && { lastModified: loaded.lastModified }),
    };
    const previous = await parts.memory.get(brand, docId);
    if (previous?.textHash === page.textHash) {
      await parts.memory.put(brand, docId, page);
      return { ...about, outcome: 'unchanged', chunks: 0, timings: allTimings() };
    }
    const facts = { docId, brand, source: sourceOf(url), url, title, fetchedAt: page.fetchedAt };
    const chunks = await stage('chunk', () => chunkDocument({ ...facts, ...content }));
    await stage('save', () =>
      handOn(parts.bus, context, { brand, docId, url, chunks, content, page }),
    );
    return { ...about, outcome: 'indexed', chunks: chunks.length, timings: allTimings() };

    async function writeNotes(): Promise<{ notes: Notes }> {
      const draft = await stage('notes', () => parts.reader.draft(brand, url, read));
      await context.addChildren([
        {
          key: 'notes',
          kind: 'write-notes',
          payload: {
            brand,
            url,
            fingerprint: read.fingerprint,
            document: read.ref,
            draft: draft.ref,
            draftCached: draft.cached,
            draftMs: timings['notesMs'] ?? 0,
          },
        },
      ]);
      return { notes: childResult<Notes>('notes') };
    }

    /** The time of the notes is known when the child that writes them has ended. */
    function allTimings(): Record<string, number> {
      return payload.notes
        ? { ...timings, notesMs: childResult<number>('notes', '/timings/notesMs') }
        : timings;
    }
  };

const textOf = ({ pages }: NotedDocument): string =>
  pages.map(({ markdown }) => markdown).join('\f');

/** With pages where the document has numbered ones. */
function contentOf({ pages }: NotedDocument): DocumentContent {
  const numbered = pages.flatMap(({ number, markdown }) =>
    number === undefined ? [] : [{ number, markdown }],
  );
  return numbered.length > 0
    ? { pages: numbered }
    : { markdown: pages.map(({ markdown }) => markdown).join('\n\n') };
}
