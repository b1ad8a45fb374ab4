/** Times the stages of a task: `await stage('fetch', () => ...)` adds `fetchMs`. */
export function createStages() {
  const timings: Record<string, number> = {};
  return {
    timings,
    async stage<T>(name: string, run: () => T | Promise<T>): Promise<T> {
      const from = performance.now();
      try {
        return await run();
      } finally {
        timings[`${name}Ms`] = Math.round((performance.now() - from) * 100) / 100;
      }
    },
  };
}
