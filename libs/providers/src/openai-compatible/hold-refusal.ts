import { NO_ANSWER } from '../answer-model.ts';

/**
 * Passes the pieces of an answer on as soon as they can no longer be the beginning of NO_ANSWER, so
 * that a refusal is never shown as text. Returns the whole text: the pieces joined, or NO_ANSWER.
 */
export async function* holdRefusal(
  pieces: AsyncIterable<string>,
): AsyncGenerator<string, string, undefined> {
  let text = '';
  let passed = 0;
  for await (const piece of pieces) {
    text += piece;
    if (passed === 0 && mayBeRefusal(text)) continue;
    yield text.slice(passed);
    passed = text.length;
  }
  if (passed > 0) return text;
  if (core(text).startsWith(NO_ANSWER)) return NO_ANSWER;
  if (text !== '') yield text;
  return text;
}

/** Without the spaces, quotes and asterisks that models put around a word. */
const core = (text: string): string => text.replace(/^[\s"'`*]+/, '');

function mayBeRefusal(text: string): boolean {
  const start = core(text);
  return start.startsWith(NO_ANSWER) || NO_ANSWER.startsWith(start);
}
