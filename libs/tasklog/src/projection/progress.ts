const APPLIED = 0;
const AWAITED = 1;

/**
 * Up to where the log is applied, shared by the thread that applies it and the one that waits for
 * it. A message between threads costs as much as ten events: one is sent only when it is awaited.
 */
export class Progress {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: BigInt64Array;

  constructor(buffer = new SharedArrayBuffer(16)) {
    this.buffer = buffer;
    this.#cells = new BigInt64Array(buffer);
  }

  /** Sequence of the last message of EVENTS that was applied. */
  get applied(): number {
    return Number(Atomics.load(this.#cells, APPLIED));
  }

  set applied(seq: number) {
    Atomics.store(this.#cells, APPLIED, BigInt(seq));
  }

  /**
   * Whether somebody waits for `applied` to grow. Set it before `applied` is looked at for the last
   * time, and read it after `applied` was set: then no wait is missed.
   */
  get awaited(): boolean {
    return Atomics.load(this.#cells, AWAITED) === 1n;
  }

  set awaited(awaited: boolean) {
    Atomics.store(this.#cells, AWAITED, awaited ? 1n : 0n);
  }
}
