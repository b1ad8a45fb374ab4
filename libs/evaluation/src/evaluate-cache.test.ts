import { countTerms, idfFrom } from '@slipstream/retrieval';
import { expect, test } from 'vitest';
import { cacheText } from './cache-text.ts';
import { evaluateCache } from './evaluate-cache.ts';
import { parseQuestions } from './question.ts';

const idf = idfFrom(
  countTerms(['The factory settings of the mixer', 'The mixer is charged over USB']),
);

const report = (lines: readonly object[], similarity = 0.75) =>
  evaluateCache(parseQuestions(lines.map((line) => JSON.stringify(line)).join('\n')), {
    idf,
    similarity,
  });

const asked = (question: string, same: string, more = {}) => ({ question, same, ...more });

test('exact and near hits are counted, and what gives the answer of another question is named', () => {
  const { now, wrong, questions } = report([
    asked('How do I charge the mixer?', 'charge'),
    asked('how do i charge the mixer', 'charge'),
    asked('How can I charge my mixer?', 'charge'),
    asked('How do I charge the mixer over USB?', 'charge-usb'),
    asked('How do I charge the mixer over USB please?', 'charge'),
    asked('Where is the serial number?', 'serial'),
  ]);
  expect([questions, now.similarity, now.exact, now.near, now.wrong]).toEqual([6, 0.75, 1, 2, 1]);
  expect(wrong).toEqual([
    {
      question: 'How do I charge the mixer over USB please?',
      gave: 'How do I charge the mixer over USB?',
      similarity: 1,
    },
  ]);
});

test('the similarity with most hits is recommended of those with at most 0.5 % wrong ones', () => {
  const pairs = Array.from({ length: 30 }, (_, nth) => [
    asked(`How do I adjust part alpha${nth} of the mixer?`, `${nth}`),
    asked(`How do I adjust part alpha${nth}?`, `${nth}`),
  ]).flat();
  const near = report(pairs);
  expect([near.now.near, near.now.wrong, near.best.similarity]).toEqual([30, 0, 0.75]);
  // One wrong hit of 31 is 3 %.
  const twins = [asked('Charge the mixer over USB', 'a'), asked('Charge over USB', 'b')];
  const risky = report([...pairs, ...twins], 0.5);
  const { best } = risky;
  expect([risky.now.wrong, best.wrong, best.near]).toEqual([1, 0, 30]);
  expect(best.similarity).toBeGreaterThan(0.5);
  expect(cacheText(risky)).toContain(
    `SLIPSTREAM_ANSWER_CACHE_SIMILARITY ${best.similarity} instead of 0.5: of 30 hits 0 wrong, with 95 % confidence at most 8.3 %`,
  );
});

test('where near hits are never right only the same question is recommended', () => {
  const wrongs = ['a', 'b', 'c'].map((same) => asked('Charge the mixer', same));
  const { best, all } = report([asked('Charge mixers', 'd'), asked('Charge the mixer', 'e')]);
  expect(best.similarity).toBe(2);
  expect(all.at(-1)).toMatchObject({ similarity: 2, near: 0 });
  // Not even that is right here, and there is nothing stricter.
  expect(report(wrongs).best).toMatchObject({ similarity: 2, exact: 2, wrong: 2 });
});

test('brands are kept apart, and equal expected answers say that two questions are the same', () => {
  const { now } = report([
    { question: 'Charge the mixer?', brand: 'A', answer: 'By USB.' },
    { question: 'Charge the mixer?', brand: 'B', answer: 'By mains.' },
    { question: 'Charge my mixer', brand: 'A', answer: 'By USB.' },
    { question: 'Charge the mixer', brand: 'B' },
  ]);
  expect([now.exact, now.near, now.wrong]).toEqual([1, 1, 1]);
});
