import type { Category, CategoryLimits } from '@slipstream/contracts';
import { type Ageing, type Puller, queueCounts } from '@slipstream/jetstream';
import {
  type BreakerRegistry,
  breakers,
  type Dependency,
  trialsToClose,
} from '@slipstream/resilience';
import { watchControls } from './controls.ts';
import type { PoolParts } from './pool-parts.ts';
import { STARVED_MS, stuckReason } from './stuck.ts';

export interface ControlOptions {
  readonly category: Category;
  /** Tasks in hand at once, as long as no operator says otherwise. */
  readonly slots: number;
  /** What every task of the pool needs: while a breaker of this name is open nothing is taken. */
  readonly dependency?: Dependency;
  /** Whose breakers. Default: those of this process. */
  readonly breakers?: BreakerRegistry;
}

/** What a pool has in hand, and how it ages what waits. */
export interface PoolHand {
  readonly ageing: Ageing;
  readonly running: Iterable<{
    readonly id: string;
    readonly since: number;
    readonly timeoutMs: number;
  }>;
  /** Tasks that have left the hand since the start. */
  readonly ended: () => number;
}

export interface PoolControl extends Disposable {
  /** How many tasks may be in hand now: 0 while paused, or while what they need is broken. */
  readonly room: () => number;
  /** Slots as an operator or the settings want them. */
  readonly slots: number;
  /** Limits that an operator has set. */
  readonly limits: CategoryLimits | undefined;
  /** In words, why nothing moves although it should. */
  readonly stuck: string | undefined;
  /** False when free slots have heard nothing of the server for 3 s. */
  readonly alive: boolean;
  /** Begins to follow a puller. */
  drive(puller: Puller): void;
}

const TICK_MS = 250;
const SILENT_MS = 3_000;
/** Asking what waits costs five requests: only pools that got nothing ask, this seldom. */
const ASK_EVERY_MS = 2_000;

/** Lets the stored controls and the breakers of this process decide how much a pool takes. */
export function controlPool(
  { bus, logger }: PoolParts,
  options: ControlOptions,
  hand: PoolHand,
): PoolControl {
  const { category, dependency, breakers: registry = breakers } = options;
  let puller: Puller | undefined;
  let room = options.slots;
  let arrived = 0;
  /** Since when there have been free slots. */
  let freeSince = performance.now();
  /** Since when there have been free slots and nothing came. */
  let starvedSince = freeSince;
  let askedAt = 0;
  let waiting = 0;

  const controls = watchControls(bus, category, {
    onChange(now, before) {
      logger.info({ category, controls: now }, 'the controls of a pool have changed');
      decide();
      hand.ageing.set(now.ageing);
      if (now.restarts !== before.restarts) restart();
    },
    onError: (err) => logger.debug({ err, category }, 'the controls of a pool could not be read'),
  });
  const slots = (): number => controls.current.slots ?? options.slots;

  /** A breaker that is open lets nothing through until its trial is due, and then only trials. */
  function decide(now = Date.now()): void {
    room = controls.current.paused ? 0 : slots();
    if (!dependency) return;
    for (const breaker of registry.breakerStates()) {
      if (breaker.dependency !== dependency || breaker.state === 'closed') continue;
      const trialAt = breaker.nextTrialAt ? Date.parse(breaker.nextTrialAt) : 0;
      room = Math.min(room, now < trialAt ? 0 : trialsToClose);
    }
  }

  /** Forgets every open pull and asks anew. */
  function restart(): void {
    if (!puller) return;
    puller.paused = true;
    puller.paused = false;
  }

  function tick(): void {
    decide();
    const inHand = puller?.inHand ?? 0;
    const now = performance.now();
    const came = inHand + hand.ended();
    if (came > arrived) starvedSince = now;
    arrived = came;
    if (inHand >= room) {
      freeSince = now;
      starvedSince = now;
    }
    if (now - starvedSince < STARVED_MS - ASK_EVERY_MS) waiting = 0;
    else if (now - askedAt >= ASK_EVERY_MS) void ask(now);
  }

  async function ask(now: number): Promise<void> {
    askedAt = now;
    try {
      const counts = await queueCounts(bus, category);
      waiting = counts.reduce((sum, count) => sum + count.waiting, 0);
      if (waiting === 0) starvedSince = performance.now();
    } catch (err) {
      logger.debug({ err, category }, 'what waits is not known');
    }
  }

  const unlisten = registry.onBreakerChange(() => decide());
  const timer = setInterval(tick, TICK_MS);
  return {
    room: () => room,
    get slots() {
      return slots();
    },
    get limits() {
      return controls.current.limits;
    },
    get stuck() {
      const now = performance.now();
      return stuckReason({
        tasks: Iterator.from(hand.running).map(({ id, since, timeoutMs }) => ({
          id,
          ageMs: now - since,
          limitMs: timeoutMs,
        })),
        starvedMs: now - starvedSince,
        waiting,
      });
    },
    get alive() {
      const silentMs = puller?.silentMs ?? 0;
      return Math.min(silentMs, performance.now() - freeSince) < SILENT_MS;
    },
    drive(driven) {
      puller = driven;
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      unlisten();
      controls[Symbol.dispose]();
    },
  };
}
