import { setTimeout as sleep } from 'node:timers/promises';
import { GiveBackError, subjects, TerminalError, timeOfId } from '@slipstream/contracts';
import type { Bus } from '@slipstream/jetstream';
import { brandOf, type Erasure, isWithin, readErasures } from '@slipstream/tasklog';
import type { Handler } from './handler.ts';
import { readWorkers } from './registry.ts';

/** A task of a brand that is erased just now comes back after this. */
const BACK_MS = 2_000;

export interface BrandFence extends Disposable {
  /**
   * The same handlers, but tasks of an erased brand or source that are older than its erasure end
   * as `erased`, and newer ones wait until it is done. Tasks without a brand run as before.
   */
  guard<H extends object>(handlers: H): H;
}

/** What a worker answers: nothing that began before the question and works on the brand runs any more. */
interface Quiet {
  readonly worker: string;
}

/**
 * Keeps tasks from bringing back what is erased. The fence is read when a task begins; what began
 * before the fence was set is waited for by whoever erases: see `waitUntilQuiet`.
 */
export function createBrandFence({ bus, worker }: { bus: Bus; worker: string }): BrandFence {
  const running = new Map<string, Set<Promise<unknown>>>();

  async function check(brand: string, payload: unknown, id: string): Promise<void> {
    const mine = (await readErasures(bus, brand)).filter(({ scope }) => isWithin(scope, payload));
    const older = mine.find(({ atMs }) => timeOfId(id) <= atMs);
    if (older) {
      throw new TerminalError(
        `${describe(older)} was erased after this task was made: submit it again if it is wanted anew`,
        { code: 'erased' },
      );
    }
    const busy = mine.find(({ state }) => state === 'running');
    if (busy) throw new GiveBackError(`${describe(busy)} is being erased`, { delayMs: BACK_MS });
  }

  function track<T>(brand: string, run: Promise<T>): Promise<T> {
    const some = running.get(brand) ?? new Set();
    running.set(brand, some.add(run));
    const leave = (): void => {
      some.delete(run);
      if (some.size === 0 && running.get(brand) === some) running.delete(brand);
    };
    run.then(leave, leave);
    return run;
  }

  const guarded =
    (handler: Handler): Handler =>
    (payload, context) => {
      const brand = brandOf(payload);
      if (brand === undefined) return handler(payload, context);
      // Counted before the fence is read: whoever sets it later waits for this run.
      const run = async () => {
        await check(brand, payload, context.id);
        return handler(payload, context);
      };
      return track(brand, run());
    };

  const subscription = bus.connection.subscribe(subjects.erasing, {
    callback: (_error, message) =>
      void Promise.allSettled(running.get(message.string()) ?? []).then(() =>
        message.respond(JSON.stringify({ worker } satisfies Quiet)),
      ),
  });
  return {
    guard: (handlers) =>
      Object.fromEntries(
        Object.entries(handlers).map(([kind, handler]) => [kind, guarded(handler as Handler)]),
      ) as typeof handlers,
    [Symbol.dispose]: () => subscription.unsubscribe(),
  };
}

const describe = ({ scope }: Erasure): string =>
  `${scope.url ?? scope.source ?? 'what was known'} of brand '${scope.brand}'`;

/** Services whose tasks work on brands. */
const FENCED: ReadonlySet<string> = new Set(['scraper', 'embedder', 'rag']);
const ASK_EVERY_MS = 100;

/**
 * Waits until no worker runs a task of the brand that began before the fence was set. A worker that
 * died leaves the registry within 8 s. Rejects when `signal` aborts.
 */
export async function waitUntilQuiet(bus: Bus, brand: string, signal: AbortSignal): Promise<void> {
  const quiet = new Set<string>();
  const inbox = `${subjects.erasing}.reply.${crypto.randomUUID()}`;
  const subscription = bus.connection.subscribe(inbox, {
    callback(_error, message) {
      // Without any worker the server itself answers, with nothing.
      if (message.data.length > 0) quiet.add(message.json<Quiet>().worker);
    },
  });
  try {
    for (;;) {
      bus.connection.publish(subjects.erasing, brand, { reply: inbox });
      await sleep(ASK_EVERY_MS, undefined, { signal });
      const workers = await readWorkers(bus);
      const busy = workers.filter(
        ({ service, worker }) => FENCED.has(service) && !quiet.has(worker),
      );
      if (busy.length === 0) return;
    }
  } finally {
    subscription.unsubscribe();
  }
}
