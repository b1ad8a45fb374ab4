import { type BlobRef, type PayloadOf, type Tasks, TerminalError } from '@slipstream/contracts';
import { getBlob } from '@slipstream/jetstream';
import type { TaskContext } from '@slipstream/worker';
import { ended } from '../fetch/ended.ts';
import type { ScraperParts } from '../handlers/index.ts';

export interface LoadedDocument {
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
  readonly etag?: string;
  readonly lastModified?: string;
}

/** The bytes of an upload, or those behind a URL, with progress in bytes. */
export async function loadDocument(
  { bus, fetcher }: Pick<ScraperParts, 'bus' | 'fetcher'>,
  { file, url, contentType, validators }: PayloadOf<Tasks['ingest-document']>,
  { signal, progress }: Pick<TaskContext, 'signal' | 'progress'>,
): Promise<LoadedDocument> {
  if (file !== undefined) {
    const bytes = await getBlob(bus, file as BlobRef);
    if (bytes) return { bytes, contentType, ...validators };
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
