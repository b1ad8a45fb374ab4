import { type BlobRef, MAX_NODES } from '@slipstream/contracts';
import { putBlob } from '@slipstream/jetstream';
import type { GatewayParts } from '../parts.ts';
import type { Workflow, WorkflowGroup } from '../workflows/expand-workflow.ts';
import { badLine, lineAt, readLines } from './read-lines.ts';

type Node = NonNullable<Workflow['nodes']>[string];

/** Of one part, whichever comes first. */
const MAX_PART_NODES = 2_000;
const MAX_PART_CHARS = 1 << 20;

/**
 * Keeps the nodes that the lines of an upload stand for, outside the queue, with one part of them
 * in memory. Nothing is accepted by that: what a refused upload leaves ends with its retention, for
 * the same nodes may belong to another one.
 * @param nodeOf throws a problem for a line that stands for none
 */
export async function storeGroup(
  { bus, broker }: Pick<GatewayParts, 'bus' | 'broker'>,
  source: AsyncIterable<Uint8Array>,
  space: string,
  nodeOf: (value: unknown, at: string) => Node,
): Promise<WorkflowGroup> {
  const parts: BlobRef[] = [];
  let texts: string[] = [];
  let chars = 0;
  let count = 0;

  async function store(): Promise<void> {
    if (texts.length === 0) return;
    const bytes = Buffer.from(`[${texts.join(',')}]`);
    texts = [];
    chars = 0;
    parts.push(await broker.call(() => putBlob(bus, space, bytes)));
  }

  for await (const { number, value } of readLines(source)) {
    count += 1;
    if (count > MAX_NODES) throw badLine(number, `is one too many, ${MAX_NODES} are taken`);
    const text = JSON.stringify(nodeOf(value, lineAt(number)));
    texts.push(text);
    chars += text.length;
    if (texts.length === MAX_PART_NODES || chars > MAX_PART_CHARS) await store();
  }
  await store();
  if (count === 0) throw badLine(1, 'is missing: the body has no lines');
  return { count, parts };
}
