/** A question whose right documents, right answer, or both are known. */
export interface EvaluationQuestion {
  readonly id: string;
  readonly question: string;
  /** Whose knowledge is asked; undefined: all of it. */
  readonly brand?: string;
  /** Grade by document: its URL, the path of its URL (`/how-to/reset.html`), or its docId. */
  readonly relevant: Readonly<Record<string, number>>;
  /** Answers that count as right. */
  readonly answers: readonly string[];
  /** False: the knowledge does not hold the answer, and the right thing is to say so. */
  readonly answerable: boolean;
  /** Questions with the same name ask the same: one of them may get the answer of another. */
  readonly same?: string;
}

/** A line that cannot be read; `message` names the line and the field. */
export class EvaluationSetError extends Error {
  override readonly name = 'EvaluationSetError';
}

/**
 * Questions of a JSONL text, one object a line: `question` (or `text`), and any of `id` (or `_id`),
 * `brand`, `relevant` (URLs or docIds: a list, or an object with grades), `url`, `answer` (null: not
 * answerable), `answers`, `answerable`, `same`. Other fields are left alone.
 *
 * @param name of the file, for messages
 * @throws EvaluationSetError that names the line and the field
 */
export function parseQuestions(jsonl: string, name = 'questions'): EvaluationQuestion[] {
  return parseLines(jsonl, name).map(({ value, at }, nth) => {
    const question = textIn(value, ['question', 'text'], at);
    if (question === undefined) throw new EvaluationSetError(`${at}: 'question' is missing`);
    const brand = textIn(value, ['brand'], at);
    const same = textIn(value, ['same'], at);
    const answer = value['answer'] === null ? null : textIn(value, ['answer'], at);
    const more = value['answers'] ?? [];
    if (!isTexts(more)) throw new EvaluationSetError(`${at}: 'answers' is not a list of texts`);
    const { answerable = answer !== null } = value;
    if (typeof answerable !== 'boolean')
      throw new EvaluationSetError(`${at}: 'answerable' is neither true nor false`);
    return {
      id: textIn(value, ['id', '_id'], at) ?? String(nth + 1),
      question,
      ...(brand !== undefined && { brand }),
      ...(same !== undefined && { same }),
      relevant: relevantIn(value, at),
      answers: typeof answer === 'string' ? [answer, ...more] : more,
      answerable,
    };
  });
}

export interface Line {
  readonly value: Readonly<Record<string, unknown>>;
  /** `questions.jsonl line 3`. */
  readonly at: string;
}

/** The objects of a JSONL text; empty lines are left out. */
export function parseLines(jsonl: string, name: string): Line[] {
  return jsonl.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const at = `${name} line ${index + 1}`;
    const value = parsed(line, at);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new EvaluationSetError(`${at}: not a JSON object`);
    return [{ value: value as Record<string, unknown>, at }];
  });
}

/** The first of these fields that is there; numbers as text, for ids are often numbers. */
export function textIn(
  value: Line['value'],
  fields: readonly string[],
  at: string,
): string | undefined {
  for (const field of fields) {
    const found = value[field];
    if (found === undefined || found === null) continue;
    if (typeof found === 'number') return String(found);
    if (typeof found !== 'string') throw new EvaluationSetError(`${at}: '${field}' is not a text`);
    return found;
  }
  return undefined;
}

function relevantIn(value: Line['value'], at: string): Record<string, number> {
  const { relevant = [] } = value;
  const url = textIn(value, ['url', 'docId'], at);
  const own = url === undefined ? {} : { [url]: 1 };
  if (isTexts(relevant)) return { ...own, ...Object.fromEntries(relevant.map((key) => [key, 1])) };
  if (isGrades(relevant)) return { ...own, ...relevant };
  throw new EvaluationSetError(
    `${at}: 'relevant' is neither a list of URLs or docIds nor an object with their grades`,
  );
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

const isGrades = (value: unknown): value is Record<string, number> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((grade) => typeof grade === 'number');

function parsed(line: string, at: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new EvaluationSetError(`${at}: not JSON (${(error as Error).message})`, { cause: error });
  }
}
