import { brandToken, type Chunk, type PageState } from '@slipstream/contracts';
import { type Bus, putBlob } from '@slipstream/jetstream';
import type { TaskContext } from '@slipstream/worker';

export interface Extracted {
  readonly brand: string;
  readonly docId: string;
  readonly url: string;
  readonly chunks: readonly Chunk[];
  readonly page: PageState;
}

/** Hands chunks on to be indexed: the texts as a blob of the brand, the task with its reference. */
export async function handOn(
  bus: Bus,
  { addChildren }: Pick<TaskContext, 'addChildren'>,
  { brand, docId, url, chunks, page }: Extracted,
): Promise<void> {
  const ref = await putBlob(bus, brandToken(brand), Buffer.from(JSON.stringify(chunks)));
  const payload = { brand, docId, url, chunks: ref, page };
  await addChildren([{ key: 'index', kind: 'index-write', payload }]);
}

/** Lets a document leave the index, and what is remembered of it be forgotten. */
export const takeOut = (
  { addChildren }: Pick<TaskContext, 'addChildren'>,
  payload: { readonly brand: string; readonly docId: string; readonly url: string },
): Promise<void> => addChildren([{ key: 'index', kind: 'index-write', payload }]);
