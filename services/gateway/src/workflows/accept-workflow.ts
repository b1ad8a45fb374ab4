import { brandToken, laterPayload, type TaskTable, tasks } from '@slipstream/contracts';
import { putBlob } from '@slipstream/jetstream';
import { brandOf } from '@slipstream/tasklog';
import type { GatewayParts } from '../parts.ts';
import { acceptTask } from '../tasks/accept-task.ts';
import type { IdempotencyKey } from '../tasks/idempotency.ts';
import type { Workflow } from './expand-workflow.ts';
import { nameTag, summaryOf, type WorkflowView } from './read-workflow.ts';

/** A larger definition is kept outside the queue and the log, and so is one with questions. */
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
    text.length <= INLINE && !holdsTexts(workflow)
      ? workflow
      : await broker.call(async () =>
          laterPayload(await putBlob(bus, spaceOf(workflow), Buffer.from(text)), undefined),
        );
  const tags = workflow.name ? { tags: [nameTag(workflow.name)] } : {};
  const order = { definition: tasks['run-workflow'], payload, ...tags };
  const { id } = await acceptTask(parts, order, key);
  const row = await projection.task(id);
  if (!row) throw new Error(`workflow ${id} was accepted and is not in the log`);
  return summaryOf(row);
}

const holdsTexts = ({ nodes = {} }: Workflow): boolean =>
  Object.values(nodes).some(
    ({ kind, payload }) =>
      (tasks as TaskTable)[kind]?.payloadHoldsText && brandOf(payload) !== undefined,
  );

/** The blobs of the brand that all nodes share, or those of no brand. */
function spaceOf({ nodes = {} }: Workflow): string {
  const brands = new Set(Object.values(nodes).map(({ payload }) => brandOf(payload)));
  const [brand] = brands;
  return brandToken(brands.size === 1 && brand !== undefined ? brand : '*');
}
