import type { ChildEnd, TaskDefinition, TaskErrorShape } from '@slipstream/contracts';
import type { Projection } from '@slipstream/tasklog';
import type { Flow } from './flow.ts';

/**
 * The result of a parent with what its children have come to, by the `report` of its kind.
 * Undefined when its kind has none, or its own result is kept elsewhere, for it is too large.
 */
export async function reportOf(
  projection: Projection,
  definition: TaskDefinition | undefined,
  { parentId, overLimit }: Flow,
): Promise<unknown> {
  if (!definition?.report) return undefined;
  const row = await projection.ask('task', parentId);
  if (!row || row.result === null) return undefined;
  let result = definition.report(JSON.parse(row.result), overLimit.map(leftOut(row.kind)));
  for (let after = 0; ; ) {
    const rows = await projection.ask('endsOf', { parentId, after });
    const last = rows.at(-1);
    if (!last) return result;
    after = last.n;
    const ended = rows.map(
      ({ kind, state, result, error }): ChildEnd => ({
        kind,
        state,
        ...(result !== null && { result: JSON.parse(result) }),
        ...(error !== null && { error: JSON.parse(error) as TaskErrorShape }),
      }),
    );
    result = definition.report(result, ended);
  }
}

const leftOut =
  (kind: string) =>
  (payload: unknown): ChildEnd => ({ kind, state: 'over-limit', payload });
