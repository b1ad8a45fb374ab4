/** A place in the order of starts that nobody has taken up for this long is given up, ms. */
const ABANDONED_MS = 60_000;

interface Meter {
  /** When a newcomer may start. */
  next: number;
  /** The last start. */
  last: number;
  intervalMs: number;
  readonly reserved: Map<string, number>;
}

/**
 * The generic cell rate algorithm with a burst of one: starts of one meter are `intervalMs` apart,
 * by the clock of the caller. Who comes too early gets a time of its own and keeps it until it
 * comes back; it is turned away again only if the one before was late.
 */
export class Gcra {
  readonly #meters = new Map<string, Meter>();
  readonly #since: number;

  /** `now`: when counting begins. Every meter counts as just used then: a predecessor may have. */
  constructor(now: number) {
    this.#since = now;
  }

  /** When the task could start, at the earliest now. Changes nothing. */
  earliest(name: string, task: string, intervalMs: number, now: number): number {
    const meter = this.#meters.get(name);
    if (!meter) return Math.max(now, this.#since + intervalMs);
    const own = meter.reserved.get(task) ?? meter.next;
    return Math.max(now, own, meter.last + intervalMs);
  }

  /** Keeps the next free place for the task and returns its time. */
  reserve(name: string, task: string, intervalMs: number, now: number): number {
    const meter = this.#meterOf(name, intervalMs);
    const at = this.earliest(name, task, intervalMs, now);
    if (!meter.reserved.has(task)) meter.next = at + intervalMs;
    meter.reserved.set(task, at);
    return at;
  }

  /** Counts a start and returns `now`, or keeps a place and returns its time. */
  ask(name: string, task: string, intervalMs: number, now: number): number {
    const meter = this.#meterOf(name, intervalMs);
    if (this.earliest(name, task, intervalMs, now) > now) {
      return this.reserve(name, task, intervalMs, now);
    }
    meter.reserved.delete(task);
    meter.last = now;
    meter.next = Math.max(meter.next, now + intervalMs);
    return now;
  }

  /** Gives a place back that will not be used; the last one is free for the next who asks. */
  giveBack(name: string, task: string): void {
    const meter = this.#meters.get(name);
    const at = meter?.reserved.get(task);
    if (meter === undefined || at === undefined) return;
    meter.reserved.delete(task);
    if (meter.next === at + meter.intervalMs) meter.next = at;
  }

  /** Forgets places that nobody came back for, and meters that make no difference any more. */
  prune(now: number): void {
    for (const [name, { reserved, next, last, intervalMs }] of this.#meters) {
      for (const [task, at] of reserved) if (at + ABANDONED_MS < now) reserved.delete(task);
      const idle = next < now && last + intervalMs < now && this.#since + intervalMs < now;
      if (idle && reserved.size === 0) this.#meters.delete(name);
    }
  }

  #meterOf(name: string, intervalMs: number): Meter {
    let meter = this.#meters.get(name);
    if (!meter) {
      meter = { next: this.#since, last: this.#since, intervalMs, reserved: new Map() };
      this.#meters.set(name, meter);
    }
    meter.intervalMs = intervalMs;
    return meter;
  }
}
