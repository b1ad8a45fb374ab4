import type { Category, ChildCounts, TaskState } from '@slipstream/contracts';
import type { FlowChild, FlowMessage } from '@slipstream/tasklog';
import type { ChildRef } from './child-memory.ts';

/** What the conductor knows of a parent that has returned and waits. */
export interface WaitingParent {
  readonly run: number;
  readonly attempt: number;
  readonly kind: string;
  readonly category: Category;
  readonly startedAt: string;
  readonly worker: string;
}

/** `held`: not released; `open`: released and not ended; `skipped`: never to be released. */
type NodeState = 'held' | 'open' | 'succeeded' | 'failed' | 'cancelled' | 'skipped';

interface Node {
  state: NodeState;
  /** The message in FLOWS that has it: there may be a hundred thousand of them, so it stays there. */
  readonly seq: number;
  /** Children that must succeed before this one may run, and have not. */
  waitsFor: number;
  /** Children that wait for this one, if any. */
  next: string[] | undefined;
}

/** Children beyond the limit that are counted, and those of them that are kept as examples. */
const MAX_OVER = 100_000;
const OVER_PAYLOADS = 10;

export type FailurePolicy = 'fail' | 'continue' | 'stop';

/**
 * The children of one parent: which there are, which may run, which have ended, and whether the
 * parent may end. Pure: every change comes in by a call, and calls may be repeated.
 */
export class Flow {
  readonly parentId: string;
  readonly #nodes = new Map<string, Node>();
  /** Children that may run and were not taken yet, in the order in which they became free. */
  readonly #free: string[] = [];
  #taken = 0;
  /** Children beyond the limit: their ids, and of the first few what they would have done. */
  readonly #over = new Map<string, unknown>();
  readonly #ended = { succeeded: 0, failed: 0, cancelled: 0, skipped: 0 };
  #open = 0;
  #limit = Number.POSITIVE_INFINITY;
  #concurrency = Number.POSITIVE_INFINITY;
  #onFailure: FailurePolicy | undefined;
  #parent: WaitingParent | undefined;
  /** Nothing may end before FLOWS was read up to here: a child's last additions come before its end. */
  #needSeq = 0;

  constructor(parentId: string) {
    this.parentId = parentId;
  }

  /** What a failed child does to the rest, if whoever added the children has said. */
  get onFailure(): FailurePolicy | undefined {
    return this.#onFailure;
  }

  /** Takes in the message with this sequence and returns the children that are new, within the limit. */
  add({ children, limit, concurrency, onFailure }: FlowMessage, seq: number): readonly FlowChild[] {
    this.#limit = Math.min(this.#limit, limit ?? Number.POSITIVE_INFINITY);
    if (concurrency !== undefined) this.#concurrency = concurrency;
    this.#onFailure = onFailure ?? this.#onFailure;
    const fresh = children.filter((child) => {
      if (this.#nodes.has(child.id)) return false;
      if (this.#nodes.size >= this.#limit) {
        this.#leave(child);
        return false;
      }
      this.#nodes.set(child.id, { state: 'held', seq, waitsFor: 0, next: undefined });
      return true;
    });
    for (const child of fresh) this.#link(child);
    return fresh;
  }

  /** Children that may run now, at most as many as may be open at once. The caller releases them. */
  take(): readonly ChildRef[] {
    const taken: ChildRef[] = [];
    while (this.#open < this.#concurrency) {
      const id = this.#free[this.#taken];
      if (id === undefined) break;
      this.#taken += 1;
      const node = this.#nodes.get(id);
      if (node?.state !== 'held') continue;
      taken.push({ id, seq: node.seq });
      this.released(id);
    }
    return taken;
  }

  /** A child is a task: another conductor may have released it. */
  released(childId: string): void {
    const node = this.#nodes.get(childId);
    if (node?.state !== 'held') return;
    node.state = 'open';
    this.#open += 1;
  }

  /** A child has ended. `flowSeq`: the last sequence in FLOWS that it appended. */
  end(childId: string, state: TaskState, flowSeq = 0): void {
    if (state !== 'succeeded' && state !== 'failed' && state !== 'cancelled') return;
    this.released(childId);
    const node = this.#nodes.get(childId);
    if (node?.state !== 'open') return;
    node.state = state;
    this.#open -= 1;
    this.#ended[state] += 1;
    this.#needSeq = Math.max(this.#needSeq, flowSeq);
    if (state === 'succeeded') for (const id of node.next ?? []) this.#unblock(id);
    else if (this.#onFailure === 'stop') for (const id of this.#nodes.keys()) this.#skip(id);
    else for (const id of node.next ?? []) this.#skip(id);
  }

  /** A child that had ended begins again. */
  reopen(childId: string): void {
    const node = this.#nodes.get(childId);
    if (!node || node.state === 'held' || node.state === 'open') return;
    this.#ended[node.state] -= 1;
    node.state = 'open';
    this.#open += 1;
  }

  /** The parent's handler has returned. */
  wait(parent: WaitingParent, flowSeq = 0): void {
    this.#parent = parent;
    this.#needSeq = Math.max(this.#needSeq, flowSeq);
  }

  /** The parent, once it may end. `position`: how far FLOWS was read. */
  ready(position: number): WaitingParent | undefined {
    const { succeeded, failed, cancelled, skipped } = this.#ended;
    const over = succeeded + failed + cancelled + skipped === this.#nodes.size;
    return over && position >= this.#needSeq ? this.#parent : undefined;
  }

  /** What did not become a task because of the limit; of most of them only that they were there. */
  get overLimit(): readonly unknown[] {
    return [...this.#over.values()];
  }

  get counts(): ChildCounts {
    const { succeeded, failed, cancelled, skipped } = this.#ended;
    const counts = { total: this.#nodes.size, succeeded, failed, cancelled };
    return skipped === 0 ? counts : { ...counts, skipped };
  }

  #leave({ id, payload }: FlowChild): void {
    if (this.#over.has(id) || this.#over.size >= MAX_OVER) return;
    this.#over.set(id, this.#over.size < OVER_PAYLOADS ? payload : undefined);
  }

  #link({ id, after = [] }: FlowChild): void {
    const node = this.#nodes.get(id);
    if (!node) return;
    let lost = this.#onFailure === 'stop' && this.#ended.failed + this.#ended.cancelled > 0;
    for (const earlier of after) {
      const before = this.#nodes.get(earlier);
      if (before?.state === 'succeeded') continue;
      node.waitsFor += 1;
      if (before?.next) before.next.push(id);
      else if (before) before.next = [id];
      lost ||= before !== undefined && before.state !== 'held' && before.state !== 'open';
    }
    if (lost) this.#skip(id);
    else if (node.waitsFor === 0) this.#free.push(id);
  }

  #unblock(id: string): void {
    const node = this.#nodes.get(id);
    if (node?.state !== 'held') return;
    node.waitsFor -= 1;
    if (node.waitsFor === 0) this.#free.push(id);
  }

  /** It will never run, and neither will what waits for it. */
  #skip(id: string): void {
    const node = this.#nodes.get(id);
    if (node?.state !== 'held') return;
    node.state = 'skipped';
    this.#ended.skipped += 1;
    for (const later of node.next ?? []) this.#skip(later);
  }
}
