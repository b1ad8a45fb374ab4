import { brandToken, type Chunk, type PageState } from '@slipstream/contracts';
import type { DocumentPage } from '@slipstream/documents';
import { type Bus, putBlob } from '@slipstream/jetstream';
import type { TaskContext } from '@slipstream/worker';

/** The text of a document as it is chunked. */
export type DocumentContent =
  | { readonly markdown: string }
  | { readonly pages: readonly DocumentPage[] };

/** What goes to the index of a document: kept as JSON on its way. */
export interface HandedOn {
  readonly chunks: readonly Chunk[];
  readonly content?: DocumentContent;
}

export interface Extracted extends Required<HandedOn> {
  readonly brand: string;
  readonly docId: string;
  readonly url: string;
  readonly page: PageState;
}

/** Hands a document on to be indexed: its texts as a blob of the brand, the task with its reference. */
export async function handOn(
  bus: Bus,
  { addChildren }: Pick<TaskContext, 'addChildren'>,
  { brand, docId, url, page, ...texts }: Extracted,
): Promise<void> {
  const ref = await putBlob(
    bus,
    brandToken(brand),
    Buffer.from(JSON.stringify(texts satisfies HandedOn)),
  );
  const payload = { brand, docId, url, chunks: ref, page };
  await addChildren([{ key: 'index', kind: 'index-write', payload }]);
}

/** Lets a document leave the index, and what is remembered of it be forgotten. */
export const takeOut = (
  { addChildren }: Pick<TaskContext, 'addChildren'>,
  payload: { readonly brand: string; readonly docId: string; readonly url: string },
): Promise<void> => addChildren([{ key: 'index', kind: 'index-write', payload }]);
