/** Runs what goes on until its signal aborts (a leader, a follower) to the end of the scope. */
export function untilDisposed(run: (signal: AbortSignal) => Promise<unknown>): AsyncDisposable {
  const stop = new AbortController();
  const running = run(stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
