import { countTerms, idfFrom } from './idf.ts';
import {
  normalQuestion,
  type QuestionShape,
  questionShape,
  questionSimilarity,
} from './question-match.ts';

/** Looser than for the cache: nobody is given another one's answer, somebody reads a list. */
const SAME_SUBJECT = 0.5;

interface Open<Asked> {
  readonly shape: QuestionShape;
  readonly asked: Asked[];
}

/**
 * Questions that ask about the same, in the order in which the first of each came. Each is compared
 * with the first of every group: 1,000 different ones take about 0.5 s.
 */
export function groupQuestions<Asked extends { readonly question: string }>(
  all: readonly Asked[],
): Asked[][] {
  const byText = Map.groupBy(all, ({ question }) => normalQuestion(question));
  const idf = idfFrom(countTerms(byText.keys()));
  const groups: Open<Asked>[] = [];
  for (const asked of byText.values()) {
    const shape = questionShape((asked[0] as Asked).question);
    const group = groups.find((one) => questionSimilarity(one.shape, shape, idf) >= SAME_SUBJECT);
    if (group) group.asked.push(...asked);
    else groups.push({ shape, asked });
  }
  return groups.map(({ asked }) => asked);
}
