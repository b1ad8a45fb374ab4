import { type Asked, askedSince, type Bus } from '@slipstream/jetstream';
import { groupQuestions } from '@slipstream/retrieval';
import { type Static, Type } from 'typebox';

/** Questions that are grouped at most, the newest of each outcome: what grouping does in 0.5 s. */
const MOST = 1_000;
const WORDINGS = 5;

export const CoverageGap = Type.Object({
  question: Type.String({ description: 'The wording that was asked most' }),
  brand: Type.Union([Type.String(), Type.Null()], { description: 'Null: no brand was named' }),
  count: Type.Integer({ description: 'How often it was asked, in all wordings' }),
  unanswered: Type.Integer({ description: 'So many of them found nothing, the others too little' }),
  bestConfidence: Type.Number(),
  firstAsked: Type.String({ format: 'date-time' }),
  lastAsked: Type.String({ format: 'date-time' }),
  wordings: Type.Array(Type.String(), { maxItems: WORDINGS }),
  passages: Type.Array(
    Type.Object({
      url: Type.String(),
      title: Type.String(),
      heading: Type.Optional(Type.String()),
      score: Type.Number(),
    }),
    { description: 'What came nearest: where the answer might belong' },
  ),
});

export type CoverageGap = Static<typeof CoverageGap>;

/** What was asked since a time and not answered, in groups, most asked first. */
export async function coverageGaps(
  bus: Bus,
  { brand, since }: { readonly brand?: string | undefined; readonly since: number },
): Promise<CoverageGap[]> {
  const asked = await Promise.all(
    (['no-answer', 'low-confidence'] as const).map((outcome) =>
      newest(askedSince(bus, { brand, outcome }, since)),
    ),
  );
  const brands = Map.groupBy(asked.flat(), (one) => one.brand);
  return [...brands.values()]
    .flatMap((own) => groupQuestions(own).map(gapOf))
    .sort((one, other) => other.count - one.count || (other.lastAsked > one.lastAsked ? 1 : -1));
}

async function newest(all: AsyncIterable<Asked>): Promise<Asked[]> {
  const kept: Asked[] = [];
  for await (const one of all) {
    kept.push(one);
    if (kept.length > 2 * MOST) kept.splice(0, MOST);
  }
  return kept.slice(-MOST);
}

function gapOf(asked: readonly Asked[]): CoverageGap {
  const wordings = [...Map.groupBy(asked, ({ question }) => question)].sort(
    ([, one], [, other]) => other.length - one.length,
  );
  const times = asked.map(({ at }) => at).sort();
  const best = asked.reduce((one, other) => (other.confidence > one.confidence ? other : one));
  const [question = ''] = wordings[0] ?? [];
  return {
    question,
    brand: best.brand ?? null,
    count: asked.length,
    unanswered: asked.filter(({ outcome }) => outcome === 'no-answer').length,
    bestConfidence: best.confidence,
    firstAsked: times[0] ?? best.at,
    lastAsked: times.at(-1) ?? best.at,
    wordings: wordings.slice(0, WORDINGS).map(([wording]) => wording),
    // An answer from the cache has none of its own.
    passages: [...(asked.find(({ passages }) => passages?.length)?.passages ?? [])],
  };
}
