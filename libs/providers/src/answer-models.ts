import type { AnswerModel } from './answer-model.ts';
import type { OpenAiAnswerSettings } from './openai-compatible/openai-answer-model.ts';

/** Every answer model that can be configured. A new one is one folder and one line here. */
export const answerModels = {
  'openai-compatible': async (settings: OpenAiAnswerSettings): Promise<AnswerModel> =>
    (await import('./openai-compatible/openai-answer-model.ts')).createOpenAiAnswerModel(settings),
} as const;

export type AnswerProvider = keyof typeof answerModels;

export interface AnswerModelSettings extends OpenAiAnswerSettings {
  readonly provider: AnswerProvider;
}

/** The answer model that the settings name. Rejects with a TypeError when it lacks a setting. */
export const createAnswerModel = (settings: AnswerModelSettings): Promise<AnswerModel> =>
  answerModels[settings.provider](settings);
