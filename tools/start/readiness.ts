import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from './keep-running.ts';

const POLL_MS = 100;
const ANSWER_LIMIT_MS = 2_000;

/** Resolves when the program's `readyUrl` answers 200, rejects when the signal aborts. */
export async function waitUntilReady({ program }: Running, signal: AbortSignal): Promise<void> {
  if (!program.readyUrl) return;
  while ((await askReady(program.readyUrl)) !== undefined)
    await sleep(POLL_MS, undefined, { signal });
}

/** Undefined when it is ready, and otherwise what it answers instead. */
async function askReady(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    const body = await response.text();
    return response.status === 200 ? undefined : `${url} answers ${response.status} ${body}`.trim();
  } catch {
    return `${url} does not answer`;
  }
}

/** Which programs are not ready and why, with their last words; undefined when all are. */
export async function explainUnready(all: readonly Running[]): Promise<string | undefined> {
  const problems = await Promise.all(
    all.map(async ({ program, starts, lastWords }) => {
      const problem = program.readyUrl ? await askReady(program.readyUrl) : undefined;
      if (problem === undefined) return [];
      const times = starts > 1 ? `, started ${starts} times` : '';
      const words = lastWords.length > 0 ? lastWords : ['(it said nothing)'];
      return [
        `${program.name} is not ready: ${problem}${times}`,
        ...words.map((word) => `    ${word}`),
      ];
    }),
  );
  return problems.flat().join('\n') || undefined;
}
