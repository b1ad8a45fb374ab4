import type {
  Category,
  PayloadOf,
  Priority,
  Task,
  TaskState,
  TaskTable,
} from '@slipstream/contracts';
import { submit } from '@slipstream/tasklog';
import { type Handlers, runPool } from '@slipstream/worker';
import { type Engine, startEngine } from './engine.ts';
import { createTestClock, type TestClock } from './test-clock.ts';

export interface TestKit<Table extends TaskTable> extends AsyncDisposable {
  readonly engine: Engine;
  readonly clock: TestClock;
  /** Submits a task and resolves with its id. */
  submit<K extends keyof Table & string>(
    kind: K,
    payload: PayloadOf<Table[K]>,
    options?: SubmitOptions,
  ): Promise<string>;
  /** Resolves with the task when it has ended, its result read. Waits for no delay: see `clock`. */
  completed(id: string): Promise<Task>;
  /** Resolves when the task is in this state. */
  reaches(id: string, state: TaskState): Promise<void>;
}

export interface SubmitOptions {
  readonly id?: string;
  readonly priority?: Priority;
  /** By the clock of the kit. */
  readonly delayMs?: number;
  readonly maxAttempts?: number;
  readonly timeoutMs?: number;
  readonly concurrencyKey?: string;
  readonly tenant?: string;
}

/** The handlers of each pool that a test needs. */
export type PoolHandlers<Table extends TaskTable> = {
  readonly [C in Category]?: Handlers<C, Table>;
};

/**
 * Runs handlers on the real engine, with a nats-server of their own and a clock that a test moves:
 * what is delayed or retried waits for `clock.advance`.
 */
export async function startTestKit<Table extends TaskTable>(
  tasks: Table,
  createHandlers: (clock: TestClock) => PoolHandlers<NoInfer<Table>>,
  { slots = 5 }: { readonly slots?: number } = {},
): Promise<TestKit<Table>> {
  const stack = new AsyncDisposableStack();
  try {
    const engine = stack.use(await startEngine(tasks));
    const { bus, log } = engine;
    const clock = createTestClock(engine);
    const pools = createHandlers(clock);
    // Every wait is a schedule, which the clock of the test fires.
    const parts = { ...engine.parts, nakLimitMs: -1 };
    for (const category of Object.keys(pools) as Category[]) {
      const own = pools[category] as Handlers<typeof category, Table>;
      stack.use(runPool(parts, { category, tasks, handlers: own, slots }));
    }
    return {
      engine,
      clock,
      async submit(kind, payload, { delayMs, ...options } = {}) {
        const definition = tasks[kind];
        if (!definition) throw new Error(`'${kind}' is not a kind of this test's table`);
        const { task } = await submit(bus, log, {
          ...options,
          definition,
          payload,
          logged: true,
          ...(delayMs !== undefined && { runAt: Date.now() + delayMs }),
        });
        return task.id;
      },
      completed: (id) => engine.ended(id),
      reaches: async (id, state) => void (await engine.reaches(id, new Set([state]))),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
