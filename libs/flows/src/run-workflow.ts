import {
  type BlobRef,
  orderNodes,
  type PayloadOf,
  type Tasks,
  type TaskTable,
  TerminalError,
} from '@slipstream/contracts';
import type { Bus } from '@slipstream/jetstream';
import { type Child, type Handler, readLater } from '@slipstream/worker';

type Payload = PayloadOf<Tasks['run-workflow']>;
type Nodes = NonNullable<Payload['nodes']>;
type Node = Nodes[string];

/** Nodes added at once. */
const GROUP = 5_000;

/**
 * Makes every node a child, in an order in which each comes after what it waits for, and returns:
 * the slot is free while the nodes run. Run again, it adds the same children, which changes nothing.
 */
export const createRunWorkflow =
  (bus: Bus): Handler<Tasks['run-workflow'], TaskTable> =>
  async ({ nodes = {}, group, onFailure = 'stop', concurrency = 1_000 }, context) => {
    const { addChildren, progress, signal } = context;
    const total = group ? group.count : Object.keys(nodes).length;
    let added = 0;
    for await (const children of group ? childrenOfGroup(bus, group) : childrenOfNodes(nodes)) {
      signal.throwIfAborted();
      await addChildren(children, { onFailure, concurrency });
      added += children.length;
      progress({ done: 0, total, message: `adding nodes, ${added} so far` });
    }
    return { nodes: added };
  };

/** One part in memory at a time. */
async function* childrenOfGroup(bus: Bus, { parts }: NonNullable<Payload['group']>) {
  let number = 0;
  for (const part of parts) {
    const nodes = (await readLater(bus, { $payload: part as BlobRef })) as readonly Node[];
    yield nodes.map((node) => {
      number += 1;
      return childOf(String(number), node);
    });
  }
}

function* childrenOfNodes(nodes: Nodes) {
  const { order, cycle } = orderNodes(nodes);
  if (cycle) {
    throw new TerminalError(`nodes wait for each other: ${cycle.join(' -> ')}`, { code: 'cycle' });
  }
  for (let from = 0; from < order.length; from += GROUP) {
    yield order.slice(from, from + GROUP).map((key) => childOf(key, nodes[key]));
  }
}

function childOf(key: string, node: Node | undefined): Child<TaskTable> {
  if (!node) throw new TypeError(`there is no node '${key}'`);
  const { kind, payload, priority, after } = node;
  return {
    key,
    kind,
    payload,
    ...(priority && { priority }),
    ...(after && after.length > 0 && { after }),
  };
}
