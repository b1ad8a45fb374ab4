import { setTimeout as sleepMs } from 'node:timers/promises';

export interface HostGateOptions {
  /** Between the starts of two requests to one host, unless its robots.txt asks for more. */
  readonly delayMs: number;
  /** A longer Crawl-delay counts as this. Default 30 s. */
  readonly maxDelayMs?: number;
  /** Milliseconds of a clock that does not go back. */
  readonly now?: () => number;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export type Turn =
  | { readonly ready: true }
  /** It would take longer than the caller wants to wait; no turn was taken. */
  | { readonly ready: false; readonly afterMs: number };

export interface TurnOptions {
  readonly maxWaitMs: number;
  /** What its robots.txt asks for, in seconds. */
  readonly crawlDelayS?: number | undefined;
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
  holdOff(host: string, ms: number): void;
}

const MAX_HOSTS = 10_000;

/** Politeness towards hosts, in this process. */
export function createHostGate(options: HostGateOptions): HostGate {
  const { delayMs, maxDelayMs = 30_000, now = () => performance.now(), sleep = sleeping } = options;
  /** When the next request may start; used last comes last, so that the first can be forgotten. */
  const nextAt = new Map<string, number>();
  const set = (host: string, atMs: number) => {
    nextAt.delete(host);
    nextAt.set(host, atMs);
    const [oldest] = nextAt.keys();
    if (nextAt.size > MAX_HOSTS && oldest !== undefined) nextAt.delete(oldest);
  };
  return {
    async turn(host, { maxWaitMs, crawlDelayS = 0, signal }) {
      signal?.throwIfAborted();
      const startMs = Math.max(now(), nextAt.get(host) ?? 0);
      const waitMs = startMs - now();
      if (waitMs > maxWaitMs) return { ready: false, afterMs: waitMs };
      set(host, startMs + Math.min(Math.max(delayMs, crawlDelayS * 1_000), maxDelayMs));
      if (waitMs > 0) await sleep(waitMs, signal);
      return { ready: true };
    },
    holdOff(host, ms) {
      set(host, Math.max(nextAt.get(host) ?? 0, now() + ms));
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
