import {
  type BlobRef,
  type PageState,
  type PayloadOf,
  sourceOf,
  type Tasks,
  TerminalError,
} from '@slipstream/contracts';
import {
  chunkDocument,
  DocumentError,
  decodeText,
  docIdOf,
  htmlToDocument,
  markdownToDocument,
  readPdf,
  textHash,
  textToDocument,
} from '@slipstream/documents';
import { getBlob } from '@slipstream/jetstream';
import type { HandlerOf, TaskContext } from '@slipstream/worker';
import { ended } from '../fetch/ended.ts';
import { documentTypeOf } from '../pages/document-type.ts';
import { handOn } from '../pages/hand-on.ts';
import { createStages } from '../pages/stages.ts';
import type { ScraperParts } from './index.ts';

type Payload = PayloadOf<Tasks['ingest-document']>;

interface Source {
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
  readonly etag?: string;
  readonly lastModified?: string;
}

interface Read {
  readonly title: string;
  readonly content:
    | { readonly markdown: string }
    | { readonly pages: readonly { readonly number: number; readonly markdown: string }[] };
}

/** Reads a file, uploaded or fetched, and hands its chunks on. The same text twice is left alone. */
export const createIngestDocument =
  (parts: ScraperParts): HandlerOf<'ingest-document'> =>
  async (payload, context) => {
    const { brand, url } = payload;
    const { stage, timings } = createStages();
    const docId = docIdOf(url);
    const source = await stage('load', () => load(parts, payload, context));
    const { title, content } = await stage('extract', () => read(source, payload, context));
    const text =
      'pages' in content ? content.pages.map((page) => page.markdown).join('\f') : content.markdown;
    const page: PageState = {
      url,
      textHash: textHash(`${title}\n${text}`),
      fetchedAt: new Date().toISOString(),
      ...(source.etag !== undefined && { etag: source.etag }),
      ...(source.lastModified !== undefined && { lastModified: source.lastModified }),
    };
    const pages = 'pages' in content ? { pages: content.pages.length } : {};
    const previous = await parts.memory.get(brand, docId);
    if (previous?.textHash === page.textHash) {
      await parts.memory.put(brand, docId, page);
      return { url, outcome: 'unchanged', title, ...pages, chunks: 0, timings };
    }
    const facts = { docId, brand, source: sourceOf(url), url, title, fetchedAt: page.fetchedAt };
    const chunks = await stage('chunk', () => chunkDocument({ ...facts, ...content }));
    await stage('handOn', () => handOn(parts.bus, context, { brand, docId, url, chunks, page }));
    return { url, outcome: 'indexed', title, ...pages, chunks: chunks.length, timings };
  };

async function load(
  { bus, fetcher }: ScraperParts,
  { file, url, contentType }: Payload,
  { signal, progress }: TaskContext,
): Promise<Source> {
  if (file !== undefined) {
    const bytes = await getBlob(bus, file as BlobRef);
    if (bytes) return { bytes, contentType };
    throw new TerminalError('the file is past its retention: send it again', {
      code: 'file-expired',
    });
  }
  const onProgress = (done: number, total?: number): void =>
    progress({ done, ...(total !== undefined && { total }), message: 'bytes downloaded' });
  const answer = await fetcher.fetch(url, { accept: 'document', signal, onProgress });
  if (answer.outcome !== 'ok') throw ended(url, answer);
  return answer;
}

async function read(
  { bytes, contentType }: Source,
  { url, fileName }: Payload,
  { signal, progress }: TaskContext,
): Promise<Read> {
  const name = fileName ?? url;
  const type = documentTypeOf(bytes, contentType, name);
  if (type === 'pdf') {
    const onProgress = (done: number, total: number): void =>
      progress({ done, total, message: 'pages read' });
    try {
      const { title, pages } = await readPdf(bytes, { name, signal, onProgress });
      return { title, content: { pages } };
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      throw new TerminalError(error.message, { code: error.code, cause: error });
    }
  }
  const text = decodeText(bytes, contentType);
  if (type === 'html') {
    const { title, markdown } = htmlToDocument(text, url);
    return { title, content: { markdown } };
  }
  const { title, markdown } = (type === 'markdown' ? markdownToDocument : textToDocument)(
    text,
    name,
  );
  return { title, content: { markdown } };
}
