import type { DocumentNotes } from '@slipstream/retrieval';
import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';

const Page = Type.Optional(Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]));
const Statement = Type.Object(
  { text: Type.String({ minLength: 1, maxLength: 1_000 }), page: Page },
  { additionalProperties: false },
);
const Reply = Type.Object(
  {
    title: Type.String({ maxLength: 500 }),
    summary: Type.String({ minLength: 1, maxLength: 4_000 }),
    keyPoints: Type.Array(Statement, { maxItems: 20 }),
    sections: Type.Array(
      Type.Object(
        {
          heading: Type.String({ minLength: 1, maxLength: 500 }),
          level: Type.Integer({ minimum: 1, maximum: 6 }),
          page: Page,
          points: Type.Array(Statement, { maxItems: 10 }),
        },
        { additionalProperties: false },
      ),
      { maxItems: 60 },
    ),
  },
  { additionalProperties: false },
);

/**
 * The notes in the reply of a model: one JSON object of exactly the form that was asked for, alone
 * or in a code fence. Undefined for anything else.
 */
export function parseNotes(reply: string): DocumentNotes | undefined {
  const inside = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/.exec(reply)?.[1] ?? reply;
  const value = jsonOf(inside);
  if (!Check(Reply, value)) return undefined;
  const { title, summary, keyPoints, sections } = value;
  return {
    title,
    summary,
    keyPoints: keyPoints.map(statement),
    sections: sections.map(({ heading, level, page, points }) => ({
      heading,
      level,
      ...(typeof page === 'number' && { page }),
      points: points.map(statement),
    })),
  };
}

const statement = ({ text, page }: Static<typeof Statement>) => ({
  text,
  ...(typeof page === 'number' && { page }),
});

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
