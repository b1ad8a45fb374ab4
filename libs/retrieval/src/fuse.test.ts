import { expect, test } from 'vitest';
import { fuseForQuestion, fuseRrf, fuseWeighted } from './fuse.ts';
import { countTerms, idfFrom } from './idf.ts';
import type { Hit } from './passage.ts';

const hits = (scores: Record<string, number>): Hit[] =>
  Object.entries(scores).map(([id, score]) => ({
    chunk: { id, title: '', headingPath: [], text: '' },
    score,
  }));

const shown = (list: readonly Hit[]) =>
  list.map(({ chunk, score }) => [chunk.id, Number(score.toFixed(3))]);

test('BM25 as a part of its best and stretched cosines are added by weight', () => {
  const fused = fuseWeighted(hits({ a: 30, b: 20, c: 10 }), hits({ b: 0.9, d: 0.8, c: 0.5 }));
  expect(shown(fused)).toEqual([
    ['a', 0.8],
    ['b', 0.733],
    ['c', 0.267],
    ['d', 0.15],
  ]);
  expect(fused.map(({ similarity }) => similarity)).toEqual([undefined, 0.9, 0.5, 0.8]);
});

test('the weight moves the lead from text to vectors', () => {
  const [text, vectors] = [hits({ a: 2, b: 1 }), hits({ b: 2, a: 1 })];
  expect(fuseWeighted(text, vectors, { vectorWeight: 0.2 })[0]?.chunk.id).toBe('a');
  expect(fuseWeighted(text, vectors, { vectorWeight: 0.8 })[0]?.chunk.id).toBe('b');
});

test('the fewer words of a question are found, the more its meaning leads', () => {
  const charge = {
    id: 'charge',
    title: 'Charging',
    headingPath: [],
    text: 'The battery is charged.',
  };
  const brakes = { id: 'brakes', title: 'Brakes', headingPath: [], text: 'They squeal.' };
  const idf = idfFrom(countTerms([charge.text, brakes.text]));
  const text = [{ chunk: charge, score: 2 }];
  const vectors = [
    { chunk: brakes, score: 0.6 },
    { chunk: charge, score: 0.5 },
  ];
  const first = (question: string, vectorWeight?: number) =>
    fuseForQuestion(question, text, vectors, {
      idf,
      ...(vectorWeight !== undefined && { vectorWeight }),
    })[0]?.chunk.id;
  expect(first('How is the battery charged?')).toBe('charge');
  expect(first('Why does it shriek when I ride with a full battery?')).toBe('brakes');
  expect(first('Why does it shriek when I ride with a full battery?', 0)).toBe('charge');
});

test('an empty list leaves the other one as it is', () => {
  expect(shown(fuseWeighted(hits({ a: 9, b: 3 }), []))).toEqual(shown(hits({ a: 1, b: 1 / 3 })));
  expect(shown(fuseWeighted([], hits({ a: 9 })))).toEqual([['a', 1]]);
  expect(fuseWeighted([], [])).toEqual([]);
});

test('a weight outside 0 to 1 is refused', () => {
  for (const vectorWeight of [-0.1, 1.1, Number.NaN])
    expect(() => fuseWeighted([], [], { vectorWeight })).toThrow('expected 0 to 1');
});

test('reciprocal ranks prefer what both lists have', () => {
  const fused = fuseRrf([hits({ a: 9, b: 8 }), hits({ b: 1, c: 0.5 })]);
  expect(fused.map(({ chunk }) => chunk.id)).toEqual(['b', 'a', 'c']);
  expect(fused[0]?.score).toBeCloseTo(1 / 62 + 1 / 61, 10);
});
