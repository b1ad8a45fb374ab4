import { type BlobRef, isLaterPayload, type TaskDefinition } from '@slipstream/contracts';
import { type Bus, getBlob, parseBlobRef } from '@slipstream/jetstream';
import type { Projection, TaskRow } from '@slipstream/tasklog';
import { fillPayload } from './fill-payload.ts';
import type { Flow } from './flow.ts';
import { reportOf } from './flow-report.ts';

/**
 * What the result of a parent becomes when its children have succeeded, where its kind says so: with
 * their results in the places that it names (`childResult`), or with a report on all of them. Kept
 * outside the log when it is large or holds texts of a brand. Empty when it stays as it is.
 */
export async function finalResult(
  bus: Bus,
  projection: Projection,
  definition: TaskDefinition | undefined,
  flow: Flow,
): Promise<{ result?: unknown; resultRef?: BlobRef }> {
  if (!definition?.fillsResult) {
    const result = await reportOf(projection, definition, flow);
    return result === undefined ? {} : { result };
  }
  const waited = await readResult(bus, await projection.ask('task', flow.parentId));
  if (waited === undefined) return {};
  const filled = await fillPayload(bus, projection, flow.parentId, waited.result, waited.space);
  return isLaterPayload(filled) ? { resultRef: filled.$payload } : { result: filled };
}

/** What the parent returned, and the space of the blob that it lies in, if it does. */
async function readResult(
  bus: Bus,
  row: TaskRow | undefined,
): Promise<{ result: unknown; space?: string } | undefined> {
  if (row?.result) return { result: JSON.parse(row.result) };
  if (!row?.resultRef) return undefined;
  const bytes = await getBlob(bus, row.resultRef as BlobRef);
  const { space } = parseBlobRef(row.resultRef);
  return bytes && { result: JSON.parse(Buffer.from(bytes).toString()), space };
}
