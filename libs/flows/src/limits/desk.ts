import {
  type AcquireRequest,
  type CategoryLimits,
  type Claim,
  claimOfLane,
  type KindLimits,
  type LimitName,
  laneToken,
  limitsOf,
  type Priority,
  priorities,
  rateIntervalMs,
  type TaskTable,
  type Verdict,
} from '@slipstream/contracts';
import { type Hold, Holds } from './concurrency.ts';
import { FairShare } from './fair-share.ts';
import { Gcra } from './gcra.ts';

/** A task that is due later than this waits in its lane, ms; one that is due sooner as a delayed NAK. */
const NAK_LIMIT_MS = 10_000;
/** How long a released task may take to ask before its place goes to others, ms. */
const PROMISE_MS = 30_000;
/** How long a worker that says nothing counts as one with slots, ms. */
const SLOTS_MS = 10_000;
/** Tasks whose release is remembered. */
const MAX_RELEASED = 10_000;
/** Released tasks of tenants at once when no worker has been heard of. */
const LEAST_WINDOW = 4;

/** A task in a lane. */
export interface Parked {
  /** In LANES. */
  readonly seq: number;
  /** `<id>.<run>` */
  readonly task: string;
  readonly gen: number;
  readonly host?: string;
}

interface Lane {
  readonly claim: Claim;
  readonly parked: Parked[];
}

interface Instance {
  number: number;
  slots: number;
  heardAt: number;
}

/**
 * Decides for one category who runs now, who comes back later and who waits in a lane. Plain state:
 * the clock is that of the caller, and so is everything that is stored or sent.
 */
export class Desk {
  readonly holds: Holds;
  limits: CategoryLimits = {};
  readonly #kinds: TaskTable;
  readonly #gcra: Gcra;
  readonly #fair = new Map(priorities.map((priority) => [priority, new FairShare()]));
  readonly #lanes = new Map(priorities.map((priority) => [priority, new Map<string, Lane>()]));
  /** How many wait by claim, over all priorities. */
  readonly #waiting = new Map<string, number>();
  /** The generation in the lane, by task. */
  readonly #parkedGens = new Map<string, number>();
  /** The same of tasks that have left it lately. */
  readonly #releasedGens = new Map<string, number>();
  /** Released and not asked for yet. */
  readonly #promised = new Holds();
  readonly #instances = new Map<string, Instance>();

  constructor(kinds: TaskTable, restored: readonly Hold[], now: number) {
    this.#kinds = kinds;
    this.holds = new Holds(restored, now);
    this.#gcra = new Gcra(now);
  }

  /** Verdicts in the order of the asks, or undefined for a request that a later one has overtaken. */
  decide(request: AcquireRequest, now: number): readonly Verdict[] | undefined {
    const { instance, number, slots, held, asks } = request;
    if (number <= (this.#instances.get(instance)?.number ?? 0)) return undefined;
    this.#instances.set(instance, { number, slots, heardAt: now });
    this.holds.keepOnly(instance, held, now);
    return asks.map(({ ask, task, gen, claim }) => {
      const verdict = this.#judge(task, gen, claim, now);
      if (verdict.verdict === 'run') {
        this.#promised.end(task);
        this.holds.add({ ask, key: keyOf(claim), instance }, now);
      }
      return verdict;
    });
  }

  /** A worker is alive and holds these. */
  hear(instance: string, held: readonly string[], now: number): void {
    const known = this.#instances.get(instance);
    if (known) known.heardAt = now;
    this.holds.confirm(held, now);
  }

  /** A task is in the lane. */
  park(priority: Priority, token: string, parked: Parked): void {
    const lanes = this.#lanes.get(priority);
    let lane = lanes?.get(token);
    if (!lane) {
      lane = { claim: claimOfLane(token), parked: [] };
      lanes?.set(token, lane);
    }
    const at = lane.parked.findLastIndex(({ seq }) => seq < parked.seq);
    lane.parked.splice(at + 1, 0, parked);
    this.#parkedGens.set(parked.task, parked.gen);
    this.#waiting.set(token, (this.#waiting.get(token) ?? 0) + 1);
  }

  /**
   * Takes the next task that may leave its lane: of the highest priority that has one, by the weights
   * of the tenants, and oldest first. It counts as running until it asks.
   */
  release(now: number): { priority: Priority; token: string; parked: Parked } | undefined {
    for (const [priority, lanes] of this.#lanes) {
      const heads = new Map<string, { token: string; lane: Lane; parked: Parked }>();
      for (const [token, lane] of lanes) {
        const [parked] = lane.parked;
        if (!parked || !this.#mayLeave(lane.claim, parked, now)) continue;
        const rival = heads.get(lane.claim.tenant);
        if (!rival || parked.seq < rival.parked.seq) {
          heads.set(lane.claim.tenant, { token, lane, parked });
        }
      }
      if (heads.size === 0) continue;
      const tenant = this.#fair.get(priority)?.next(new Set(heads.keys()), this.#weightOf);
      const head = heads.get(tenant ?? '');
      if (!head) continue;
      this.#leave(lanes, head, now);
      return { priority, token: head.token, parked: head.parked };
    }
    return undefined;
  }

  /** A released task that will not come: its place is free again. */
  forget(token: string, { task, host }: Parked): void {
    this.#promised.end(task);
    const claim = claimOfLane(token);
    const { rate } = this.#limitsOf(claim.kind);
    if (rate) this.#gcra.giveBack(meterOf(host ? { ...claim, host } : claim, rate.per), task);
  }

  /** One that was cancelled after its release will not ask: its place is free at once. */
  cancel(task: string): void {
    this.#promised.end(task);
  }

  /** All that was parked up to this sequence is gone. */
  drop(upToSeq: number): void {
    for (const lanes of this.#lanes.values()) {
      for (const [token, lane] of lanes) {
        const after = lane.parked.findIndex(({ seq }) => seq > upToSeq);
        const gone = lane.parked.splice(0, after < 0 ? lane.parked.length : after);
        for (const { task } of gone) this.#parkedGens.delete(task);
        if (lane.parked.length === 0) lanes.delete(token);
        this.#fewer(token, gone.length);
      }
    }
  }

  /** Forgets what nobody came back for. Returns whether a hold ended that way. */
  sweep(graceMs: number, now: number): boolean {
    this.#promised.expire(PROMISE_MS, now);
    for (const [name, { heardAt }] of this.#instances) {
      if (heardAt + 60_000 < now) this.#instances.delete(name);
    }
    this.#gcra.prune(now);
    return this.holds.expire(graceMs, now);
  }

  #judge(task: string, gen: number, claim: Claim, now: number): Verdict {
    const { concurrency, rate } = this.#limitsOf(claim.kind);
    const limit: LimitName = concurrency ? 'concurrency' : 'rate';
    const promised = this.#promised.has(task);
    // It was parked, and the acknowledgement of this delivery got lost.
    const parkedGen = this.#parkedGens.get(task) ?? this.#releasedGens.get(task) ?? 0;
    if (gen <= parkedGen) return { verdict: 'lane', limit };
    const overtakes = !promised && this.#waitingWith(claim) > 0 && (concurrency || rate);
    if (overtakes) return { verdict: 'lane', limit };
    if (!this.#hasRoom(claim, promised ? 1 : 0)) return { verdict: 'lane', limit: 'concurrency' };
    if (!rate) return { verdict: 'run' };
    const meter = meterOf(claim, rate.per);
    const everyMs = rateIntervalMs(rate);
    if (this.#gcra.earliest(meter, task, everyMs, now) - now > NAK_LIMIT_MS) {
      return { verdict: 'lane', limit: 'rate' };
    }
    const at = this.#gcra.ask(meter, task, everyMs, now);
    return at <= now ? { verdict: 'run' } : { verdict: 'at', at, limit: 'rate' };
  }

  /** `own`: places that the task itself has been promised. */
  #hasRoom(claim: Claim, own: number): boolean {
    const most = this.#limitsOf(claim.kind).concurrency?.perKey;
    // A kind without a key is bounded as a whole; one with a key, where the payload has it.
    if (most === undefined || (claim.key === '' && this.#kinds[claim.kind]?.key)) return true;
    const key = keyOf(claim);
    return this.holds.count(key) + this.#promised.count(key) - own < most;
  }

  #mayLeave(claim: Claim, { task, host }: Parked, now: number): boolean {
    if (claim.tenant && this.holds.size + this.#promised.size >= this.#window(now)) return false;
    if (!this.#hasRoom(claim, 0)) return false;
    const { rate } = this.#limitsOf(claim.kind);
    if (!rate) return true;
    const meter = meterOf(host ? { ...claim, host } : claim, rate.per);
    return this.#gcra.earliest(meter, task, rateIntervalMs(rate), now) <= now;
  }

  #leave(
    lanes: Map<string, Lane>,
    { token, lane, parked }: { token: string; lane: Lane; parked: Parked },
    now: number,
  ): void {
    lane.parked.shift();
    if (lane.parked.length === 0) lanes.delete(token);
    this.#parkedGens.delete(parked.task);
    this.#releasedGens.set(parked.task, parked.gen);
    if (this.#releasedGens.size > MAX_RELEASED) {
      this.#releasedGens.delete(this.#releasedGens.keys().next().value ?? '');
    }
    this.#fewer(token, 1);
    const promise = { ask: parked.task, key: keyOf(lane.claim), instance: 'lanes' };
    this.#promised.add(promise, now);
    const { rate } = this.#limitsOf(lane.claim.kind);
    if (!rate) return;
    const claim = parked.host ? { ...lane.claim, host: parked.host } : lane.claim;
    this.#gcra.reserve(meterOf(claim, rate.per), parked.task, rateIntervalMs(rate), now);
  }

  #fewer(token: string, count: number): void {
    const left = (this.#waiting.get(token) ?? count) - count;
    if (left > 0) this.#waiting.set(token, left);
    else this.#waiting.delete(token);
  }

  /** Twice the slots of the workers: enough to keep them busy, too little to queue up unfairly. */
  #window(now: number): number {
    let slots = 0;
    for (const worker of this.#instances.values()) {
      if (worker.heardAt + SLOTS_MS >= now) slots += worker.slots;
    }
    return Math.max(LEAST_WINDOW, 2 * slots);
  }

  #waitingWith = (claim: Claim): number => this.#waiting.get(laneToken(claim)) ?? 0;

  #limitsOf = (kind: string): KindLimits => limitsOf(this.#kinds[kind], this.limits.kinds?.[kind]);

  #weightOf = (tenant: string): number => this.limits.tenants?.[tenant] ?? 1;
}

const keyOf = ({ kind, key }: Claim): string => `${kind} ${key}`;

function meterOf({ kind, key, host }: Claim, per: 'pool' | 'key' | 'host'): string {
  if (per === 'key') return `${kind} key ${key}`;
  return per === 'host' ? `${kind} host ${host ?? ''}` : kind;
}
