import { type BlobRef, type Task, TaskSchema } from '@slipstream/contracts';
import { type Bus, getBlob } from '@slipstream/jetstream';
import { type Projection, type TaskRow, taskView } from '@slipstream/tasklog';
import { Type } from 'typebox';

/** A task as the API shows it. */
export const TaskAnswer = Type.Object(
  {
    ...TaskSchema.properties,
    workflowId: Type.Optional(
      Type.String({ description: 'The nearest workflow above it; not in lists and events' }),
    ),
    resultNote: Type.Optional(
      Type.String({ description: 'Why `result` is left out although there was one' }),
    ),
    droppedTaskId: Type.Optional(
      Type.String({ description: 'The task that was dropped from a full queue to make room' }),
    ),
  },
  { $id: 'Task' },
);

export type TaskAnswer = Task & {
  readonly workflowId?: string;
  readonly resultNote?: string;
  readonly droppedTaskId?: string;
};

/** With its result, also when that is kept outside the log. */
export async function taskAnswer(bus: Bus, row: TaskRow): Promise<TaskAnswer> {
  if (!row.resultRef) return taskView(row);
  const bytes = await getBlob(bus, row.resultRef as BlobRef);
  if (bytes) return taskView(row, JSON.parse(bytes.toString()));
  return { ...taskView(row), resultNote: 'the result is past its retention, or was erased' };
}

/** The workflow that a task is a part of, as a node of it or further below. */
export async function workflowOf(
  projection: Pick<Projection, 'task'>,
  row: TaskRow,
): Promise<Pick<TaskAnswer, 'workflowId'>> {
  let { parentId } = row;
  while (parentId !== null) {
    const parent = await projection.task(parentId);
    if (parent?.kind === 'run-workflow') return { workflowId: parent.id };
    parentId = parent?.parentId ?? null;
  }
  return {};
}

/** As one of a list: what would have to be fetched is left out. */
export const listedTask = (row: TaskRow): TaskAnswer =>
  row.resultRef
    ? { ...taskView(row), resultNote: `GET /v1/tasks/${row.id} has the result` }
    : taskView(row);
