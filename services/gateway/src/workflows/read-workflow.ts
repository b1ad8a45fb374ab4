import {
  type BlobRef,
  childId,
  finalStates,
  isLaterPayload,
  type TaskState,
  taskStates,
} from '@slipstream/contracts';
import { type Bus, getBlob } from '@slipstream/jetstream';
import { type Projection, type TaskRow, taskView } from '@slipstream/tasklog';
import { type Static, Type } from 'typebox';
import type { Workflow, WorkflowGroup } from './expand-workflow.ts';

type Nodes = NonNullable<Workflow['nodes']>;

const NodeView = Type.Object({
  kind: Type.String(),
  state: Type.Enum([...taskStates, 'skipped'] as const, {
    description: '`waiting` until what it comes after has succeeded; `skipped`: it will never run',
  }),
  after: Type.Optional(Type.Array(Type.String())),
  taskId: Type.String({ description: 'GET /v1/tasks/{taskId} once it is queued' }),
});

export const WorkflowView = Type.Object({
  id: Type.String(),
  name: Type.Optional(Type.String()),
  run: Type.Integer(),
  state: Type.Enum([...taskStates]),
  createdAt: Type.String(),
  startedAt: Type.Optional(Type.String()),
  finishedAt: Type.Optional(Type.String()),
  counts: Type.Optional(Type.Record(Type.String(), Type.Integer())),
  progress: Type.Optional(Type.Object({ done: Type.Integer(), total: Type.Integer() })),
  remainingMs: Type.Optional(
    Type.Integer({ description: 'Estimated from the pace so far; only while it runs' }),
  ),
  error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
  nodes: Type.Optional(Type.Record(Type.String(), NodeView)),
});

export type WorkflowView = Static<typeof WorkflowView>;

const NAME_TAG = 'workflow:';

/** The tag that carries the name of a workflow. */
export const nameTag = (name: string): string => `${NAME_TAG}${name}`;

/** A workflow without its nodes. */
export function summaryOf(row: TaskRow, now = Date.now()): WorkflowView {
  const { id, run, state, createdAt, startedAt, finishedAt, children, error, tags } = taskView(row);
  const name = tags.find((tag) => tag.startsWith(NAME_TAG))?.slice(NAME_TAG.length);
  const done = children
    ? children.succeeded + children.failed + children.cancelled + (children.skipped ?? 0)
    : 0;
  const remainingMs =
    children && done > 0 && startedAt && !finalStates.has(state)
      ? Math.round(((now - Date.parse(startedAt)) / done) * (children.total - done))
      : undefined;
  return {
    id,
    run,
    state,
    createdAt,
    ...(name && { name }),
    ...(startedAt && { startedAt }),
    ...(finishedAt && { finishedAt }),
    ...(children && { counts: children, progress: { done, total: children.total } }),
    ...(remainingMs !== undefined && { remainingMs }),
    ...(error && { error: { code: error.code, message: error.message } }),
  };
}

/** Its nodes with their states, by name; undefined when the log no longer has what they were. */
export async function nodesOf(
  bus: Bus,
  projection: Projection,
  row: TaskRow,
): Promise<WorkflowView['nodes']> {
  const workflow = await definitionOf(bus, projection, row);
  const nodes = workflow && (workflow.nodes ?? (await nodesOfGroup(bus, workflow.group)));
  if (!nodes) return undefined;
  const children = await projection.ask('childrenOf', row.id);
  const states = new Map<string, TaskState>(children.map(({ id, state }) => [id, state]));
  const never = finalStates.has(row.state) ? 'skipped' : 'waiting';
  return Object.fromEntries(
    Object.entries(nodes).map(([key, { kind, after }]) => {
      const taskId = childId(row.id, key);
      const state = states.get(taskId) ?? never;
      return [key, { kind, state, taskId, ...(after && { after }) }];
    }),
  );
}

async function nodesOfGroup(bus: Bus, group: WorkflowGroup | undefined) {
  const nodes: Nodes = {};
  let number = 0;
  for (const part of group?.parts ?? []) {
    const bytes = await getBlob(bus, part as BlobRef);
    if (!bytes) return undefined;
    for (const node of JSON.parse(Buffer.from(bytes).toString()) as Nodes[string][]) {
      number += 1;
      nodes[number] = node;
    }
  }
  return nodes;
}

async function definitionOf(
  bus: Bus,
  projection: Projection,
  row: TaskRow,
): Promise<Workflow | undefined> {
  const history = await projection.history(row);
  const began = history.map(({ event }) => event).findLast((event) => 'task' in event);
  if (!began || !('task' in began)) return undefined;
  const { payload } = began.task;
  if (!isLaterPayload(payload)) return payload as Workflow;
  const bytes = await getBlob(bus, payload.$payload as BlobRef);
  return bytes && (JSON.parse(Buffer.from(bytes).toString()) as Workflow);
}
