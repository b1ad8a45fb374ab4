import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { Usage } from './answer-question.ts';

export const embedTexts = defineTask({
  kind: 'embed-texts',
  category: 'embedding',
  summary: 'Turn texts into vectors',
  payload: Type.Object(
    {
      texts: Type.Array(Type.String({ minLength: 1, maxLength: 100_000 }), {
        minItems: 1,
        maxItems: 2_000,
      }),
    },
    { additionalProperties: false },
  ),
  result: Type.Object({
    vectors: Type.Array(Type.Array(Type.Number())),
    embedder: Type.String(),
    dimensions: Type.Integer(),
    promptTokens: Type.Optional(Type.Integer()),
    usage: Type.Optional(Usage),
  }),
  priority: 'normal',
  // Single texts share a request to the model; a large task would make them wait.
  batch: {
    max: 16,
    waitMs: 5,
    key: ({ texts }) => (texts.length <= 8 ? 'small' : undefined),
  },
});
