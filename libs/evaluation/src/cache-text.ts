import type { CacheFigures, CacheReport } from './evaluate-cache.ts';

const MOST_SHOWN = 20;

/** The report on the answer cache for a terminal. */
export function cacheText({ questions, now, best, all, wrong }: CacheReport): string {
  const rest = wrong.length - MOST_SHOWN;
  return [
    `answer cache: ${questions} questions in their order`,
    '  similarity   exact    near   wrong hits',
    ...all.map((one) => rowOf(one, questions)),
    adviceOf(now, best),
    ...(wrong.length > 0 ? [`wrong as it is set (${nameOf(now)}):`] : []),
    ...wrong
      .slice(0, MOST_SHOWN)
      .map((one) => `  ${one.similarity.toFixed(2)}  ${one.question} <- ${one.gave}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
    '',
  ].join('\n');
}

function rowOf({ similarity, exact, near, wrong }: CacheFigures, of: number): string {
  const share = (count: number, all: number) =>
    `${((100 * count) / Math.max(all, 1)).toFixed(1)} %`.padStart(8);
  const least = similarity > 1 ? 'never' : similarity.toFixed(2);
  return `  ${least.padEnd(10)}${share(exact, of)}${share(near, of)}${share(wrong, exact + near)} (${wrong})`;
}

function adviceOf(now: CacheFigures, best: CacheFigures): string {
  const hits = best.exact + best.near;
  const atMost = `of ${hits} hits ${best.wrong} wrong, with 95 % confidence at most ${(100 * best.wrongAtMost).toFixed(1)} %`;
  if (now.similarity === best.similarity) return `  keep ${nameOf(now)}: ${atMost}`;
  return `  SLIPSTREAM_ANSWER_CACHE_SIMILARITY ${nameOf(best)} instead of ${nameOf(now)}: ${atMost}`;
}

const nameOf = ({ similarity }: CacheFigures): string =>
  similarity > 1 ? '2 (only the same question)' : String(similarity);
