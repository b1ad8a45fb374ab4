import {
  orderNodes,
  type PayloadOf,
  type Tasks,
  type TaskTable,
  TerminalError,
} from '@slipstream/contracts';
import type { Child, Handler } from '@slipstream/worker';

type Payload = PayloadOf<Tasks['run-workflow']>;

/** Nodes added at once. */
const GROUP = 5_000;

/**
 * Makes every node a child, in an order in which each comes after what it waits for, and returns:
 * the slot is free while the nodes run. Run again, it adds the same children, which changes nothing.
 */
export const runWorkflow: Handler<Tasks['run-workflow'], TaskTable> = async (
  payload,
  { addChildren, progress },
) => {
  const { nodes, onFailure = 'stop', concurrency = 1_000 } = payload;
  const { order, cycle } = orderNodes(nodes);
  if (cycle) {
    throw new TerminalError(`nodes wait for each other: ${cycle.join(' -> ')}`, { code: 'cycle' });
  }
  const children = order.map((key) => childOf(key, nodes));
  for (let from = 0; from < children.length; from += GROUP) {
    await addChildren(children.slice(from, from + GROUP), { onFailure, concurrency });
    progress({ done: 0, total: children.length, message: 'adding nodes' });
  }
  return { nodes: children.length };
};

function childOf(key: string, nodes: Payload['nodes']): Child<TaskTable> {
  const node = nodes[key];
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
