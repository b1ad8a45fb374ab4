import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { priorities } from '../priority.ts';
import { BlobRefField } from './fields.ts';

/** Most nodes that one workflow may name. */
export const MAX_NODES = 100_000;

export const WorkflowNode = Type.Object(
  {
    kind: Type.String({ description: 'Kind of the task' }),
    payload: Type.Unknown({
      description:
        'As the kind says; `{"$result": "a", "path": "/pages"}` stands for a result of a node it comes after',
    }),
    after: Type.Optional(
      Type.Array(Type.String(), { description: 'Nodes that must succeed before this one runs' }),
    ),
    priority: Type.Optional(Type.Enum([...priorities])),
  },
  { additionalProperties: false },
);

export const runWorkflow = defineTask({
  kind: 'run-workflow',
  category: 'batch',
  summary: 'Run tasks that depend on each other, as one that can be watched, stopped and resumed',
  payload: Type.Object(
    {
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      nodes: Type.Optional(
        Type.Record(Type.String({ minLength: 1, maxLength: 200 }), WorkflowNode),
      ),
      group: Type.Optional(
        Type.Object(
          {
            count: Type.Integer({ minimum: 1, maximum: MAX_NODES }),
            parts: Type.Array(BlobRefField, {
              description: 'JSON arrays of nodes that wait for nothing, named 1, 2, ... throughout',
            }),
          },
          {
            additionalProperties: false,
            description: 'In place of `nodes`: an upload, kept outside the queue',
          },
        ),
      ),
      onFailure: Type.Optional(
        Type.Enum(['stop', 'continue'], {
          default: 'stop',
          description:
            '`stop`: after a failure nothing more starts; `continue`: what does not depend on it goes on, and one success is enough',
        }),
      ),
      concurrency: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 1_000,
          default: 1_000,
          description: 'Nodes that may be queued or running at once',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  result: Type.Object({ nodes: Type.Integer() }),
  priority: 'high',
});
