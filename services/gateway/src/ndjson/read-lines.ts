import { ProblemError } from '@slipstream/contracts';

/** A line of an upload, not empty. */
export interface Line {
  /** From 1, empty ones counted. */
  readonly number: number;
  readonly value: unknown;
}

const MAX_LINE = 1 << 20;

/**
 * The lines of an NDJSON stream, parsed, with one line in memory at a time. A line that begins with
 * `http` stands for itself, so that a list of URLs can be sent as it is. Throws a problem that names
 * the line for what is no JSON and for lines of over a million characters.
 */
export async function* readLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let number = 0;
  let rest = '';
  for await (const bytes of source) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      number += 1;
      const line = parse(text, number);
      if (line) yield line;
    }
    if (rest.length > MAX_LINE) throw badLine(number + 1, `is longer than ${MAX_LINE} characters`);
  }
  const last = parse(rest + decoder.decode(), number + 1);
  if (last) yield last;
}

/** Where a line stands, for errors. */
export const lineAt = (number: number): string => `/lines/${number}`;

export function badLine(number: number, message: string): ProblemError {
  const errors = [{ path: lineAt(number), message }];
  return new ProblemError('invalid-request', `Line ${number} ${message}.`, { errors });
}

function parse(line: string, number: number): Line | undefined {
  const text = line.trim();
  if (text === '') return undefined;
  if (/^https?:/i.test(text)) return { number, value: text };
  try {
    return { number, value: JSON.parse(text) };
  } catch {
    throw badLine(number, 'is no JSON');
  }
}
