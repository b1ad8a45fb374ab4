import { type Static, Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { Brand } from './fields.ts';

const share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });

const RetrievalFigures = Type.Object({
  ndcg10: share('nDCG of the first ten documents'),
  hit5: share('Share of questions with a right document among the first five'),
  mrr: share('Mean of one divided by the rank of the first right document'),
});

const Recommendation = Type.Object({
  now: Type.Number({ description: 'The setting as it is' }),
  best: Type.Number({ description: 'The best of those tried' }),
  gain: Type.Number({ description: 'What it gains on these questions' }),
  low: Type.Number({ description: 'Lower end of the 95 % interval of the gain' }),
  high: Type.Number({ description: 'Upper end' }),
  change: Type.Boolean({ description: 'The whole interval is above 0: worth a change' }),
});

const ids = (description: string) =>
  Type.Array(Type.String(), { maxItems: 50, description: `Ids of ${description}; at most 50` });

/** What an evaluation says. It holds no text: questions are named by their ids. */
export const EvaluationReport = Type.Object({
  questions: Type.Integer(),
  judged: Type.Integer({
    description: 'Questions with known documents: `retrieval` is about them',
  }),
  retrieval: Type.Object({
    keyword: RetrievalFigures,
    vector: RetrievalFigures,
    fused: RetrievalFigures,
    reranked: RetrievalFigures,
  }),
  answers: Type.Object({
    questions: Type.Integer({ description: 'Questions with an expected answer' }),
    tokenF1: share('Over all of these; one that is not answered counts 0'),
    tokenF1Answered: share('Over those that are answered'),
    citesRight: share('Answers whose first citation lies in a right document'),
  }),
  refusals: Type.Object({
    falseRefusals: share('Answerable questions that got no answer'),
    unanswerableRefused: Type.Optional(share('Unanswerable questions of the set that got none')),
    farOffRefused: share('Questions about other subjects that got none'),
    atFivePercent: Type.Object({
      answerFrom: Type.Number({ description: 'Confidence that one answerable in twenty misses' }),
      farOffRefused: share('Questions about other subjects that miss it'),
    }),
  }),
  recommendations: Type.Object({ fusionWeight: Recommendation, answerFrom: Recommendation }),
  missed: ids('answerable questions without a right document among the first five'),
  refused: ids('answerable questions without an answer'),
});

export type EvaluationReport = Static<typeof EvaluationReport>;

export const evaluate = defineTask({
  kind: 'evaluate',
  category: 'rag',
  summary: 'Measure retrieval, answers and refusals on questions whose answers are known',
  payload: Type.Object(
    {
      questions: Type.Array(
        Type.Object(
          {
            id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
            question: Type.String({ minLength: 1, maxLength: 4_000, pattern: '\\S' }),
            brand: Type.Optional(Brand),
            relevant: Type.Optional(
              Type.Record(Type.String(), Type.Number(), {
                description: 'Grade by document: its URL, the path of its URL, or its docId',
              }),
            ),
            answers: Type.Optional(Type.Array(Type.String(), { maxItems: 20 })),
            answerable: Type.Optional(
              Type.Boolean({ description: 'Default: true. False: the right thing is to refuse' }),
            ),
          },
          { additionalProperties: false },
        ),
        { minItems: 1, maxItems: 1_000 },
      ),
      brand: Type.Optional(Brand),
    },
    { additionalProperties: false },
  ),
  searchable: ['brand'],
  result: EvaluationReport,
  priority: 'low',
  timeoutMs: 1_800_000,
  payloadHoldsText: true,
});
