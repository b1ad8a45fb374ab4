import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import type { AnswerRequest } from '../answer-model.ts';

export type RewriteRequest = Required<Pick<AnswerRequest, 'question' | 'history'>>;

const RULES = `You rewrite the last question of a conversation so that it can be understood without the conversation.

Put in what words like "it", "they" or "the other one" stand for, and what the question leaves out. Change nothing else, add nothing, and do not answer. If the question stands alone already, repeat it. Reply with the question only, in its language.`;

/** Longer than any question that was asked: the model has answered, or talks. */
const MAX_CHARS = 600;

export const rewritePrompt = ({
  question,
  history,
}: RewriteRequest): ChatCompletionMessageParam[] => [
  { role: 'system', content: RULES },
  ...history.map(({ role, text }): ChatCompletionMessageParam => ({ role, content: text })),
  { role: 'user', content: `Rewrite this question: ${question}` },
];

/** The question that the model gave back; undefined when it is none. */
export function rewritten(text: string): string | undefined {
  const line = text.trim().replace(/^["'“]+|["'”]+$/g, '');
  return line === '' || line.includes('\n') || line.length > MAX_CHARS ? undefined : line;
}
