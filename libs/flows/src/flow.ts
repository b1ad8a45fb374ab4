import type { Category, ChildCounts, TaskState } from '@slipstream/contracts';
import type { FlowChild, FlowMessage } from '@slipstream/tasklog';

/** What the conductor knows of a parent that has returned and waits. */
export interface WaitingParent {
  readonly run: number;
  readonly attempt: number;
  readonly kind: string;
  readonly category: Category;
  readonly startedAt: string;
  readonly worker: string;
}

type ChildOutcome = 'open' | 'succeeded' | 'failed' | 'cancelled';

/**
 * The children of one parent: which there are, which have ended, and whether the parent may end.
 * Pure: every change comes in by a call, and calls may be repeated.
 */
export class Flow {
  readonly parentId: string;
  readonly #children = new Map<string, ChildOutcome>();
  #open = 0;
  #limit = Number.POSITIVE_INFINITY;
  #cut = 0;
  #parent: WaitingParent | undefined;
  /** Nothing may end before FLOWS was read up to here: a child's last additions come before its end. */
  #needSeq = 0;

  constructor(parentId: string) {
    this.parentId = parentId;
  }

  /** Takes in a message and returns the children that are new, within the limit. */
  add({ children, limit }: FlowMessage): readonly FlowChild[] {
    this.#limit = Math.min(this.#limit, limit ?? Number.POSITIVE_INFINITY);
    return children.filter(({ id }) => {
      if (this.#children.has(id)) return false;
      if (this.#children.size >= this.#limit) {
        this.#cut += 1;
        return false;
      }
      this.#children.set(id, 'open');
      this.#open += 1;
      return true;
    });
  }

  /** A child has ended. `flowSeq`: the last sequence in FLOWS that it appended. */
  end(childId: string, state: TaskState, flowSeq = 0): void {
    if (this.#children.get(childId) !== 'open') return;
    if (state !== 'succeeded' && state !== 'failed' && state !== 'cancelled') return;
    this.#children.set(childId, state);
    this.#open -= 1;
    this.#needSeq = Math.max(this.#needSeq, flowSeq);
  }

  /** A child that had ended begins again. */
  reopen(childId: string): void {
    const outcome = this.#children.get(childId);
    if (outcome === undefined || outcome === 'open') return;
    this.#children.set(childId, 'open');
    this.#open += 1;
  }

  /** The parent's handler has returned. */
  wait(parent: WaitingParent, flowSeq = 0): void {
    this.#parent = parent;
    this.#needSeq = Math.max(this.#needSeq, flowSeq);
  }

  /** The parent, once it may end. `position`: how far FLOWS was read. */
  ready(position: number): WaitingParent | undefined {
    if (position < this.#needSeq || this.#open > 0) return undefined;
    return this.#parent;
  }

  /** Children that were named and not taken, because of the limit. */
  get cut(): number {
    return this.#cut;
  }

  get counts(): ChildCounts {
    const counts = { total: this.#children.size, succeeded: 0, failed: 0, cancelled: 0 };
    for (const outcome of this.#children.values()) if (outcome !== 'open') counts[outcome] += 1;
    return counts;
  }
}
