import type { Chunk } from '@slipstream/contracts';
import { chunkDocument } from '@slipstream/documents';
import { expect, test } from 'vitest';
import { surroundingsOf } from './expand-hits.ts';

const sentences = Array.from(
  { length: 30 },
  (_, nth) => `Step ${nth} of the list is number ${nth}.`,
);
const markdown = `# Reset\n\n${sentences.join(' ')}\n\n## Afterwards\n\nAll is new.`;
const facts = { brand: 'a', source: 's', fetchedAt: '', docId: 'd', url: 'u', title: 'Reset' };
const chunks = chunkDocument({ ...facts, markdown });
const at = (nth: number): Chunk => chunks[nth] ?? expect.fail('the document has three chunks');

test('a section is the text under one heading, with what chunks repeat once', () => {
  expect(chunks.length).toBeGreaterThan(2);
  const { section } = surroundingsOf(at(1), chunks, 'section');
  expect(section?.replace(/\s+/g, ' ')).toBe(sentences.join(' '));
  const last = chunks.length - 1;
  expect(surroundingsOf(at(last), chunks, 'section')).toEqual({ section: 'All is new.' });
});

test('the neighbours of a chunk are the ones before and after it, where there are such', () => {
  const [before, after] = [at(0).text, at(2).text];
  expect(surroundingsOf(at(1), chunks, 'neighbours')).toEqual({ before, after });
  expect(surroundingsOf(at(0), chunks, 'neighbours')).toEqual({ after: at(1).text });
  expect(surroundingsOf(at(1), [], 'neighbours')).toEqual({});
});
