import { expect, test } from 'vitest';
import { parseNotes } from './parse-notes.ts';

const notes = {
  title: 'Pump',
  summary: 'It pumps.',
  keyPoints: [{ text: 'It pumps water.', page: 2 }],
  sections: [{ heading: 'Use', level: 1, points: [{ text: 'Plug it in.' }] }],
};

test('one object of the form is read, alone or in a fence, and an empty page is none', () => {
  const text = JSON.stringify(notes);
  expect(parseNotes(text)).toEqual(notes);
  expect(parseNotes(`\`\`\`json\n${text}\n\`\`\`\n`)).toEqual(notes);
  expect(parseNotes(text.replace('"level":1', '"level":1,"page":null'))).toEqual(notes);
});

test.each([
  ['talk around it', `Here you are: ${JSON.stringify(notes)}`],
  ['half of it', JSON.stringify(notes).slice(0, -5)],
  ['a field too many', JSON.stringify({ ...notes, mood: 'good' })],
  ['no summary', JSON.stringify({ ...notes, summary: '' })],
  ['points that are texts', JSON.stringify({ ...notes, keyPoints: ['It pumps water.'] })],
  ['a page 0', JSON.stringify({ ...notes, keyPoints: [{ text: 'x', page: 0 }] })],
  ['nothing', ''],
])('a reply with %s is not read', (_what, reply) => {
  expect(parseNotes(reply)).toBeUndefined();
});
