import { brandToken, laterPayload, tasks } from '@slipstream/contracts';
import { putBlob } from '@slipstream/jetstream';
import type { GatewayParts } from '../parts.ts';
import { acceptTask } from '../tasks/accept-task.ts';
import type { IdempotencyKey } from '../tasks/idempotency.ts';
import type { Workflow } from './expand-workflow.ts';
import { nameTag, summaryOf, type WorkflowView } from './read-workflow.ts';

/** A larger definition is kept outside the queue and the log. */
const INLINE = 64 * 1_024;

/** Accepts a workflow whose nodes were checked: when this resolves it is stored, and it will run. */
export async function acceptWorkflow(
  parts: GatewayParts,
  workflow: Workflow,
  key: IdempotencyKey | undefined,
): Promise<WorkflowView> {
  const { bus, broker, projection } = parts;
  const text = JSON.stringify(workflow);
  const payload =
    text.length <= INLINE
      ? workflow
      : await broker.call(async () =>
          laterPayload(await putBlob(bus, brandToken('*'), Buffer.from(text)), undefined),
        );
  const tags = workflow.name ? { tags: [nameTag(workflow.name)] } : {};
  const order = { definition: tasks['run-workflow'], payload, ...tags };
  const { id } = await acceptTask(parts, order, key);
  const row = await projection.task(id);
  if (!row) throw new Error(`workflow ${id} was accepted and is not in the log`);
  return summaryOf(row);
}
