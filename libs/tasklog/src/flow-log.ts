import { childId, type Priority, subjects, type TaskDefinition } from '@slipstream/contracts';
import { type Bus, directAll, type StoredMessage } from '@slipstream/jetstream';

/** A child as its parent names it. The same key under the same parent is the same task. */
export interface ChildSpec {
  readonly key: string;
  readonly definition: TaskDefinition;
  readonly payload: unknown;
  readonly priority?: Priority;
  /** Keys of children that must succeed before this one runs. They are added before it, or with it. */
  readonly after?: readonly string[];
}

/** What holds for all children of a parent. */
export interface ChildrenOptions {
  /** The most that the parent may ever have. */
  readonly limit?: number;
  /** The most that may be released and not ended. */
  readonly concurrency?: number;
  /**
   * A child that did not succeed: `fail` lets the others run and fails the parent, `continue` needs
   * one success only, `stop` releases no more. Default: as the parent's kind says.
   */
  readonly onFailure?: 'fail' | 'continue' | 'stop';
}

/** One message on `flow.<parent>`: children to be released, and what holds for all of them. */
export interface FlowMessage extends ChildrenOptions {
  /** The task that added them: the parent, or one of its children. */
  readonly by: string;
  readonly children: readonly FlowChild[];
  readonly traceparent?: string;
}

export interface FlowChild {
  readonly id: string;
  readonly kind: string;
  readonly priority?: Priority;
  readonly payload: unknown;
  /** Ids of children that must succeed first. */
  readonly after?: readonly string[];
}

const MAX_CHILDREN = 500;
const MAX_BYTES = 512 * 1_024;

/**
 * Adds children to a task, durably: resolves with the last sequence when all are stored. Adding a
 * child again changes nothing, so a handler that is run again may simply add all of them again.
 */
export async function appendChildren(
  bus: Bus,
  parentId: string,
  specs: readonly ChildSpec[],
  options: ChildrenOptions & { by: string; traceparent?: string | undefined },
): Promise<number> {
  const { by, traceparent, ...forAll } = options;
  let last = 0;
  for (const children of groups(specs.map((spec) => toChild(parentId, spec)))) {
    const message: FlowMessage = {
      by,
      children,
      ...forAll,
      ...(traceparent && { traceparent }),
    };
    const body = JSON.stringify(message);
    last = (await bus.publisher.publishSurely(subjects.flow(parentId), body)).seq;
  }
  return last;
}

/** What was added to a parent so far, oldest first. */
export async function* readFlow(
  bus: Bus,
  parentId: string,
): AsyncGenerator<{ seq: number; message: FlowMessage }> {
  for await (const stored of directAll(bus, 'FLOWS', subjects.flow(parentId))) {
    yield { seq: stored.seq, message: parseFlow(stored) };
  }
}

export const parseFlow = ({ data }: Pick<StoredMessage, 'data'>): FlowMessage =>
  JSON.parse(Buffer.from(data).toString()) as FlowMessage;

const toChild = (parentId: string, spec: ChildSpec): FlowChild => ({
  id: childId(parentId, spec.key),
  kind: spec.definition.kind,
  payload: spec.payload,
  ...(spec.priority && { priority: spec.priority }),
  ...(spec.after && { after: spec.after.map((key) => childId(parentId, key)) }),
});

function* groups(children: readonly FlowChild[]): Generator<FlowChild[]> {
  let group: FlowChild[] = [];
  let bytes = 0;
  for (const child of children) {
    const size = JSON.stringify(child).length;
    if (group.length > 0 && (group.length === MAX_CHILDREN || bytes + size > MAX_BYTES)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(child);
    bytes += size;
  }
  if (group.length > 0) yield group;
}
