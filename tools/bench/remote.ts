import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** What a process offers to the one that started it: functions of one plain argument. */
export type Calls = Record<string, (argument: never) => Promise<unknown>>;

export interface Remote<T> extends AsyncDisposable {
  readonly pid: number;
  call<K extends keyof T & string>(
    name: K,
    ...argument: T[K] extends (...given: infer A) => unknown ? A : never
  ): Promise<T[K] extends (...given: never) => Promise<infer R> ? R : never>;
}

interface Request {
  readonly number: number;
  readonly name: string;
  readonly argument: unknown;
}

interface Reply {
  readonly number: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Starts a Node process and calls its functions over IPC. Disposing kills it. */
export async function startRemote<T>(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Remote<T>> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const open = new Map<number, PromiseWithResolvers<unknown>>();
  let counter = 0;
  child.on('message', ({ number, value, error }: Reply) => {
    const asked = open.get(number);
    open.delete(number);
    if (error === undefined) asked?.resolve(value);
    else asked?.reject(new Error(error));
  });
  child.on('exit', (code, signal) => {
    const error = new Error(`${args.join(' ')} ended with ${signal ?? code}`);
    for (const { reject } of open.values()) reject(error);
  });
  const ask = (name: string, argument: unknown): Promise<never> => {
    const number = ++counter;
    const asked = Promise.withResolvers<unknown>();
    open.set(number, asked);
    child.send({ number, name, argument } satisfies Request);
    return asked.promise as Promise<never>;
  };
  await ask('ready', undefined);
  return {
    pid: child.pid ?? 0,
    call: (name, ...argument) => ask(name, argument[0]),
    [Symbol.asyncDispose]: () => kill(child),
  };
}

/** In the started process: answers the calls until the starter is gone. */
export function serveCalls(calls: Calls): void {
  process.on('disconnect', () => process.exit());
  process.on('message', ({ number, name, argument }: Request) => {
    void answer(number, () => calls[name]?.(argument as never));
  });
}

async function answer(number: number, run: () => unknown): Promise<void> {
  let reply: Reply;
  try {
    reply = { number, value: await run() };
  } catch (error) {
    reply = { number, error: error instanceof Error ? (error.stack ?? error.message) : `${error}` };
  }
  process.send?.(reply);
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
