import { type BlobRef, isLaterPayload } from '@slipstream/contracts';
import type { Bus } from '@slipstream/jetstream';
import type { Projection } from '@slipstream/tasklog';
import { fillPayload } from './fill-payload.ts';

/**
 * The result of a parent whose children have succeeded, with theirs in the places that it names
 * (`childResult`). Kept outside the log when it is large or holds texts of a brand.
 */
export async function finalResult(
  bus: Bus,
  projection: Pick<Projection, 'ask'>,
  parentId: string,
): Promise<{ result?: unknown; resultRef?: BlobRef }> {
  const row = await projection.ask('task', parentId);
  if (!row?.result) return {};
  const filled = await fillPayload(bus, projection, parentId, JSON.parse(row.result));
  return isLaterPayload(filled) ? { resultRef: filled.$payload } : { result: filled };
}
