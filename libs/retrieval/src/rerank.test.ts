import { expect, test } from 'vitest';
import { idfFrom } from './idf.ts';
import { rerankByFeatures } from './rerank.ts';

const idf = idfFrom({ texts: 100, frequencies: new Map() });
const hit = (id: string, text: string, score: number) => ({
  chunk: { id, title: '', headingPath: [], text },
  score,
});

test('of equal hits the one with the words in one sentence, side by side, comes first', () => {
  const scattered = hit('scattered', 'Reset the clock. The factory is closed. Settings vary.', 1);
  const together = hit('together', 'This is how factory settings are reset. Nothing else.', 1);
  const other = hit('other', 'Something else.', 0.2);
  const ranked = rerankByFeatures('reset factory settings', [scattered, together, other], { idf });
  expect(ranked.map(({ chunk }) => chunk.id)).toEqual(['together', 'scattered', 'other']);
});

test('a much better score is not overruled', () => {
  const better = hit('better', 'Settings. Factory. Reset.', 10);
  const worse = hit('worse', 'Reset factory settings.', 1);
  const ranked = rerankByFeatures('reset factory settings', [better, worse], { idf });
  expect(ranked[0]?.chunk.id).toBe('better');
});

test('hits beyond the depth are dropped', () => {
  const hits = Array.from({ length: 9 }, (_, nth) => hit(`h${nth}`, 'red', 9 - nth));
  expect(rerankByFeatures('red', hits, { idf, depth: 3 })).toHaveLength(3);
  expect(rerankByFeatures('red', [], { idf })).toEqual([]);
});
