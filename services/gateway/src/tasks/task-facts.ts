import type { TaskEvent } from '@slipstream/contracts';
import type { Projection } from '@slipstream/tasklog';

/** What its submission says of a task, and no other event. */
export interface TaskFacts {
  readonly kind: string;
  readonly priority: string;
  readonly tags: readonly string[];
  readonly parentId?: string;
}

/** Tasks remembered; one that is forgotten is asked for again. */
const MAX_KNOWN = 20_000;

/** Finds the facts of tasks for a reader of the log, mostly without asking. */
export function createTaskFacts(projection: Projection) {
  const known = new Map<string, TaskFacts>();

  function remember(id: string, facts: TaskFacts): TaskFacts {
    known.set(id, facts);
    if (known.size > MAX_KNOWN) known.delete(known.keys().next().value ?? '');
    return facts;
  }

  return {
    /** Undefined when the log has not got to the submission of the task. `seq`: where the event is. */
    async of(event: TaskEvent, seq: number): Promise<TaskFacts | undefined> {
      if (event.type === 'submitted') {
        const { kind, priority, tags = [], parentId } = event.task;
        return remember(event.id, { kind, priority, tags, ...(parentId && { parentId }) });
      }
      const facts = known.get(event.id);
      if (facts) return facts;
      if (projection.applied < seq) await projection.barrier();
      const row = await projection.ask('task', event.id);
      if (!row || row.maxAttempts === null) return undefined;
      const { kind, priority, parentId } = row;
      const tags = JSON.parse(row.tags) as string[];
      return remember(event.id, { kind, priority, tags, ...(parentId && { parentId }) });
    },
  };
}
