import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A question that the manual answers, with the place that proves the answer. */
export type AnsweredQuestion = {
  readonly id: string;
  readonly kind: 'fact' | 'paraphrase';
  readonly question: string;
  readonly answer: string;
  /** Root-relative, `/how-to/loopback.html`. */
  readonly url: string;
  /** From 1, only where `url` is a PDF. */
  readonly page?: number;
  /** A sentence or a table row of the page. */
  readonly quote: string;
};

/** A question to which the only right answer is that the manual does not say. */
export type UnansweredQuestion = {
  readonly id: string;
  readonly kind: 'no-answer';
  readonly question: string;
  readonly answer: null;
  readonly url: null;
  readonly quote: null;
};

export type Question = AnsweredQuestion | UnansweredQuestion;

const QUESTIONS_FILE = join(import.meta.dirname, '../questions.jsonl');

/** The hundred questions, in the order of the file. */
export async function readQuestions(): Promise<Question[]> {
  const text = await readFile(QUESTIONS_FILE, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Question);
}
