import type { ResultOf, Tasks } from '@slipstream/contracts';

/** The whole text of an answer whose passages do not hold it. */
export const NO_ANSWER = 'NO_ANSWER';

export interface AnswerPassage {
  /** Number that citations refer to: `[1]`. */
  readonly n: number;
  readonly title: string;
  readonly url: string;
  readonly text: string;
}

export interface AnswerRequest {
  readonly question: string;
  /** Earlier messages of the conversation, oldest first. */
  readonly history?: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[];
  readonly passages: readonly AnswerPassage[];
}

/** Tokens of one answer, as the provider counted them, or estimated by us when it did not. */
export type AnswerUsage = NonNullable<ResultOf<Tasks['answer-question']>['usage']>;

export type AnswerPart =
  | { readonly type: 'token'; readonly text: string }
  | {
      readonly type: 'done';
      readonly text: string;
      readonly usage: AnswerUsage;
      /** The model stopped at its limit of tokens: the last sentence is not whole. */
      readonly cut?: boolean;
    };

export interface AnswerOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Something else than an answer that is to be written. */
export interface WriteRequest {
  /** What to write and how; from us alone. */
  readonly rules: string;
  /** What it is written from. */
  readonly text: string;
}

export interface Written {
  readonly text: string;
  readonly usage: AnswerUsage;
}

/**
 * Writes an answer from passages, with `[n]` after each sentence. The last part is `done` with the
 * whole text: the tokens joined, or NO_ANSWER without any token before it. Whether the citations
 * hold is for the caller to check.
 */
export interface AnswerModel {
  readonly id: string;
  /**
   * The question of a conversation in words that need no conversation. Absent: the model cannot.
   */
  rewrite?(
    request: Required<Pick<AnswerRequest, 'question' | 'history'>>,
    options?: AnswerOptions,
  ): Promise<{ readonly question: string; readonly usage: AnswerUsage }>;
  answer(request: AnswerRequest, options?: AnswerOptions): AsyncIterable<AnswerPart>;
  /** Writes a text to rules, whole. */
  write(request: WriteRequest, options?: AnswerOptions): Promise<Written>;
}
