// @ts-check

/** What a person can mend: printed as it is, without a stack. */
export class SetUpError extends Error {
  /** @override */
  name = 'SetUpError';
}

/** @param {string} text */
export function say(text) {
  process.stdout.write(`${text}\n`);
}

/**
 * Runs one step of the set-up and says what came of it and how long it took.
 * @template {{ summary: string }} Result
 * @param {string} title
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function step(title, work) {
  const start = performance.now();
  const result = await work();
  say(`${title.padEnd(12)} ${result.summary} (${seconds(performance.now() - start)})`);
  return result;
}

/** @param {number} ms */
export function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

/**
 * One error for everything that was tried, with what to do at the end.
 * @param {string} what
 * @param {string[]} tried
 * @param {string} remedy
 */
export function notFound(what, tried, remedy) {
  const lines = tried.map((line) => `  - ${line.replaceAll('\n', '\n    ')}`);
  return new SetUpError([`${what} could not be had. Tried:`, ...lines, remedy].join('\n'));
}

/** @param {unknown} error */
export function messageOf(error) {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${cause}`;
}
