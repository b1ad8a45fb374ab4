import { expect, test } from 'vitest';
import { extractAnswer } from './extract-answer.ts';
import { countTerms, idfFrom } from './idf.ts';

const passages = {
  battery: {
    id: 'battery',
    title: 'Tarn 2',
    headingPath: ['Power'],
    text: 'The Tarn 2 has a small case. Charging the battery takes 3 hours. It lasts for a day of singing in the rain.',
  },
  reset: {
    id: 'reset',
    title: 'Tarn 2',
    headingPath: ['Factory reset'],
    text: 'To reset the device to factory settings:\n\n1. Switch it off.\n2. Hold **Mute** for five seconds.\n3. Let go when the [light](https://x.example/l) blinks.\n\nYour recordings stay.',
  },
  lights: {
    id: 'lights',
    title: 'Lights',
    headingPath: [],
    text: 'All lights.\n\n| Light | Meaning |\n| --- | --- |\n| Red | Battery is empty |\n| Green | Ready to record |',
  },
  terms: {
    id: 'terms',
    title: 'Words',
    headingPath: [],
    text: '**Phantom power**\n: A voltage of 48 V on the microphone cable.',
  },
};
const all = Object.values(passages);
const idf = idfFrom(countTerms(all.map(({ text }) => text)));
const ask = (question: string, ...found: (keyof typeof passages)[]) =>
  extractAnswer(
    question,
    found.map((id, rank) => ({ chunk: passages[id], score: 1 - rank / 10 })),
    { idf },
  );

test('a question for a fact is answered by the sentence that covers it', () => {
  const result = ask('How long does charging the battery take?', 'battery', 'lights');
  expect(result).toMatchObject({ outcome: 'answered' });
  expect(result.answer).toMatch(/^Charging the battery takes 3 hours\./);
  expect(result.citations[0]).toMatchObject({
    chunkId: 'battery',
    quote: 'Charging the battery takes 3 hours.',
  });
  expect(result.confidence).toBeGreaterThan(0.45);
});

test('a question for instructions is answered by the steps, without Markdown', () => {
  const { answer } = ask('How do I reset the device to factory settings?', 'reset', 'battery');
  expect(answer).toBe(
    'To reset the device to factory settings:\n1. Switch it off.\n2. Hold Mute for five seconds.\n3. Let go when the light blinks.\nYour recordings stay.',
  );
});

test('a table answers with one row and the words of its header', () => {
  const { answer, citations } = ask('What is the meaning of a red light?', 'lights');
  expect(answer).toBe('Light: Red; Meaning: Battery is empty');
  expect(citations[0]?.quote).toBe('| Red | Battery is empty |');
});

test('a definition answers with its term', () => {
  expect(ask('Which voltage does phantom power have?', 'terms').answer).toBe(
    'Phantom power: A voltage of 48 V on the microphone cable.',
  );
});

test('every quote is a piece of the passage that it names', () => {
  for (const question of [
    'reset to factory settings',
    'red light battery empty',
    'phantom power',
  ]) {
    const { citations } = ask(question, 'reset', 'lights', 'terms');
    for (const { chunkId, quote } of citations) {
      expect(all.find(({ id }) => id === chunkId)?.text).toContain(quote);
    }
  }
});

test('a question that the passages only touch gets passages and no claim', () => {
  const result = ask(
    'Does charging the battery take longer outside during winter storms?',
    'battery',
  );
  expect(result).toMatchObject({ outcome: 'low-confidence', answer: null });
  expect(result.citations.map(({ chunkId }) => chunkId)).toEqual(['battery']);
});

test.each([
  ['Who won the football championship?', 'No passage covers enough of the question.'],
  ['What is it?', 'The question has no words that can be searched for.'],
])('%s is not answered', (question, reason) => {
  expect(ask(question, 'battery', 'reset')).toMatchObject({
    outcome: 'no-answer',
    answer: null,
    reason,
    citations: [],
  });
});

test('without hits nothing is answered', () => {
  expect(ask('How do I reset it?')).toMatchObject({
    outcome: 'no-answer',
    reason: 'Nothing was found for this question.',
    confidence: 0,
  });
});

test('a question for a number is answered by the sentence that has one', () => {
  const texts = {
    id: 'gain',
    title: 'Tarn 2',
    headingPath: [],
    text: 'The gain of the input needs a good microphone and an input that is free. The gain of the input reaches 62 dB.',
  };
  const hits = [{ chunk: texts, score: 1 }];
  const answered = (question: string) => extractAnswer(question, hits, { idf }).answer;
  expect(answered('How high is the gain of the input?')).toMatch(/62 dB/);
  expect(answered('Which gain has the input?')).toMatch(/^The gain of the input needs/);
});

test('a passage that is near in meaning is trusted more than one that only shares words', () => {
  const [near, far] = [0.8, -0.2].map((similarity) => {
    const hits = [{ chunk: passages.battery, score: 1, similarity }];
    return extractAnswer('Does charging work at night?', hits, { idf }).confidence;
  });
  expect(near).toBeGreaterThan(far ?? 1);
});
