import { setTimeout as sleepMs } from 'node:timers/promises';
import { createLocalLedger, type HostLedger } from './host-ledger.ts';

export interface HostGateOptions {
  /** Who else asks the same hosts. Default: nobody. */
  readonly ledger?: HostLedger;
  /** Milliseconds since 1970; with a shared ledger the clocks of its processes have to agree. */
  readonly now?: () => number;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export type Turn =
  | { readonly ready: true }
  /** It would take longer than the caller wants to wait; no turn was taken. */
  | { readonly ready: false; readonly afterMs: number };

export interface TurnOptions {
  /** To the next request of anybody. 0: it need not be counted, and waits for nothing but `holdOff`. */
  readonly delayMs: number;
  readonly maxWaitMs: number;
  readonly signal?: AbortSignal;
}

export interface HostGate {
  /**
   * Waits for the next turn at a host (with its port).
   *
   * @throws the reason of the signal
   */
  turn(host: string, options: TurnOptions): Promise<Turn>;
  /** The host has asked to be left alone for a while (`Retry-After`). */
  holdOff(host: string, ms: number): Promise<void>;
}

/** A host that asks for longer is asked again the next day. */
const MAX_HOLD_MS = 86_400_000;
/** Those who are sent away come back at times of their own within this. */
const MAX_SPREAD_MS = 600_000;

/** Hosts whose lines are remembered; an empty one costs nothing to forget. */
const MAX_LINES = 10_000;

/** Those of this process that wait for a host, one after the other. */
interface Line {
  waiting: number;
  last: Promise<unknown>;
  /** When the next one who is sent away may come back. */
  backAt: number;
}

/**
 * Politeness towards hosts, over all processes that share the ledger. A turn is taken when its time
 * has come, not before, so whoever stops while it waits holds nobody up.
 */
export function createHostGate(options: HostGateOptions = {}): HostGate {
  const { ledger = createLocalLedger(), now = Date.now, sleep = sleeping } = options;
  const lines = new Map<string, Line>();

  function lineFor(host: string): Line {
    const known = lines.get(host);
    if (known) return known;
    if (lines.size > MAX_LINES)
      for (const [name, { waiting }] of lines) if (waiting === 0) lines.delete(name);
    const line = { waiting: 0, last: Promise.resolve(), backAt: 0 };
    lines.set(host, line);
    return line;
  }

  async function take(host: string, options: TurnOptions, deadline: number): Promise<Turn> {
    const { delayMs, signal } = options;
    for (;;) {
      signal?.throwIfAborted();
      const { nextAt, revision } = await ledger.read(host);
      const startAt = now();
      if (nextAt > deadline) return { ready: false, afterMs: nextAt - startAt };
      if (nextAt > startAt) await sleep(nextAt - startAt, signal);
      else if (delayMs === 0) return { ready: true };
      else if (await ledger.write(host, startAt + delayMs, revision)) return { ready: true };
    }
  }

  /** Each who is sent away gets a later time, for at one time only one of them would be served. */
  function sendAway(line: Line, delayMs: number, afterMs: number): Turn {
    const at = Math.max(line.backAt, now() + afterMs + line.waiting * delayMs);
    const spread = at - now() <= Math.max(MAX_SPREAD_MS, afterMs);
    line.backAt = spread ? at + delayMs : line.backAt;
    return { ready: false, afterMs: spread ? at - now() : afterMs };
  }

  return {
    async turn(host, options) {
      const { delayMs, maxWaitMs } = options;
      const deadline = now() + maxWaitMs;
      if (delayMs === 0) return take(host, options, deadline);
      const line = lineFor(host);
      const { nextAt } = await ledger.read(host);
      const aheadMs = line.waiting * delayMs;
      const afterMs = Math.max(0, nextAt - now());
      if (afterMs + aheadMs > maxWaitMs) return sendAway(line, delayMs, afterMs);
      line.waiting += 1;
      const turn = line.last.then(() => take(host, options, deadline));
      line.last = turn.catch(() => undefined);
      try {
        const taken = await turn;
        return taken.ready ? taken : sendAway(line, delayMs, taken.afterMs);
      } finally {
        line.waiting -= 1;
      }
    },
    async holdOff(host, ms) {
      const until = now() + Math.min(ms, MAX_HOLD_MS);
      for (;;) {
        const { nextAt, revision } = await ledger.read(host);
        if (nextAt >= until || (await ledger.write(host, until, revision))) return;
      }
    },
  };
}

async function sleeping(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleepMs(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    throw signal?.reason ?? error;
  }
}
