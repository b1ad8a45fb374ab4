import { type BlobRef, isLaterPayload, type TaskDefinition } from '@slipstream/contracts';
import type { Bus } from '@slipstream/jetstream';
import type { Projection } from '@slipstream/tasklog';
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
  const row = await projection.ask('task', flow.parentId);
  if (!row?.result) return {};
  const filled = await fillPayload(bus, projection, flow.parentId, JSON.parse(row.result));
  return isLaterPayload(filled) ? { resultRef: filled.$payload } : { result: filled };
}
