import { setTimeout as sleep } from 'node:timers/promises';
import { newId, type Priority, priorities } from '@slipstream/contracts';
import { type Bus, PublishError } from '@slipstream/jetstream';
import { cancelTask, type EventLog, type Submission, submit } from '@slipstream/tasklog';
import { kinds } from './kinds.ts';
import { pick } from './random.ts';

export interface Traffic {
  /** Submits nothing more; resolves when everything under way was answered. */
  stop(): Promise<void>;
}

export interface TrafficOptions {
  readonly dice: () => number;
  readonly perSecond: number;
  /** Gets the id of each task whose submit was answered, and how many children it will have. */
  readonly accepted: Map<string, number>;
}

/** A client that repeats a request with the same id until it is answered. */
export async function submitSurely(bus: Bus, log: EventLog, task: Submission): Promise<void> {
  for (;;) {
    try {
      await submit(bus, log, task);
      return;
    } catch (error) {
      if (!(error instanceof PublishError)) throw error;
      await sleep(100);
    }
  }
}

/** Tasks of every kind and priority, `perSecond` on average; one in twenty is cancelled. */
export function startTraffic(
  bus: Bus,
  log: EventLog,
  { dice, perSecond, accepted }: TrafficOptions,
): Traffic {
  const stopping = new AbortController();
  const { signal } = stopping;
  const underWay = new Set<Promise<void>>();

  async function one(): Promise<void> {
    const { children, ...task } = randomTask(dice);
    const cancelAfterMs = dice() < 0.05 ? dice() * 300 : undefined;
    await submitSurely(bus, log, task);
    accepted.set(task.id, children);
    if (cancelAfterMs === undefined) return;
    await sleep(cancelAfterMs);
    await cancel(task.id, task.definition.category);
  }

  async function cancel(id: string, category: 'batch' | 'ingestion'): Promise<void> {
    try {
      await cancelTask(bus, log, { id, run: 1, category });
    } catch {
      // The broker is away: a user who is told so tries again.
      await sleep(100);
      await cancel(id, category);
    }
  }

  const running = (async () => {
    while (!signal.aborted) {
      const doing = one().finally(() => underWay.delete(doing));
      underWay.add(doing);
      await sleep((dice() * 2_000) / perSecond, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
      await Promise.all(underWay);
    },
  };
}

function randomTask(dice: () => number) {
  const id = newId();
  const priority: Priority = pick(dice, priorities);
  const common = { id, priority, children: 0 };
  const roll = dice();
  if (roll < 0.05) {
    const children = 2 + Math.floor(dice() * 4);
    return { ...common, definition: kinds.parent, payload: { children }, children };
  }
  if (roll < 0.1) return { ...common, definition: kinds.doomed, payload: {} };
  if (roll < 0.25) {
    const fails = 1 + Math.floor(dice() * 4);
    return { ...common, definition: kinds.flaky, payload: { fails } };
  }
  if (roll < 0.4) {
    const ms = Math.floor(50 + dice() * 450);
    return { ...common, definition: kinds.sleep, payload: { ms } };
  }
  const later = roll < 0.5 ? { runAt: Date.now() + 100 + dice() * 1_500 } : {};
  return { ...common, definition: kinds.noop, payload: {}, ...later };
}
