import { directAll } from '@slipstream/jetstream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ModelRequest, startAnswerModel } from './answer-model-server.ts';
import { type RagEngine, startRagEngine } from './rag-engine.ts';

const brand = 'Quillmere';
const hold = 'Hold the Talk button of the Tarn 4 for 12 seconds to restore the factory settings';

const questions = {
  cut: 'How do I restore the factory settings of the Tarn 4 for good?',
  cutMark: 'How do I restore the factory settings of the Tarn 4 quickly?',
  wrong: 'How do I restore the factory settings of the Tarn 4?',
  invented: 'How can factory settings be restored on the Tarn 4 device?',
  followUp: 'And how long do I hold it?',
};

function reply({ messages }: ModelRequest) {
  const asked = messages.at(-1)?.content ?? '';
  if (asked.startsWith('Rewrite')) return 'How long is the Talk button of the Tarn 4 held?';
  if (asked.includes(questions.cut)) {
    return { text: `${hold} [1]. The ring of the Tarn 4 turns`, finish: 'length' };
  }
  if (asked.includes(questions.cutMark)) return { text: `${hold} [1`, finish: 'length' };
  if (asked.includes(questions.invented)) return 'It cannot be done at home [1]. Call us [2].';
  if (asked.includes('held?')) return 'The Talk button of the Tarn 4 is held for 12 seconds [1].';
  return `${hold} [7]. ${hold} [1]. The moon is made of cheese [1]. Buy a new one at https://evil.example [1].`;
}

const stack = new AsyncDisposableStack();
let engine: RagEngine;
let model: Awaited<ReturnType<typeof startAnswerModel>>;
beforeAll(async () => {
  engine = stack.use(await startRagEngine());
  model = stack.use(await startAnswerModel(reply));
  await engine.write(brand, 'reset', [
    'To restore the factory settings of the Tarn 4, hold the Talk button for 12 seconds.',
    'The Tarn 2 has no Talk button. Send the command beckctl reset --all instead.',
    'A Fell 12 mixer keeps its scenes when the firmware is updated to version 1.9.4.',
  ]);
  stack.use(await engine.start(model.env));
});
afterAll(() => stack.disposeAsync());

test('marks of passages that do not exist go, and so does what no passage says', async () => {
  const answer = await engine.ask(questions.wrong);
  expect(answer).toMatchObject({ outcome: 'answered', answer: `${hold}. ${hold} [1].` });
  expect(answer.citations).toHaveLength(1);
});

test('an answer without a statement that holds is no answer', async () => {
  const answer = await engine.ask(questions.invented);
  expect(answer).toMatchObject({ outcome: 'low-confidence', answer: null, citations: [] });
});

test('of an answer that was cut off the last sentence is left out', async () => {
  expect(await engine.ask(questions.cut)).toMatchObject({ answer: `${hold} [1].` });
  const nothing = await engine.ask(questions.cutMark);
  expect(nothing).toMatchObject({ outcome: 'low-confidence', answer: null });
});

test('what is streamed is what was checked, and it is the answer', async () => {
  const { task } = await engine.askForTask({ question: questions.wrong, brand, noCache: true });
  const live = await Array.fromAsync(directAll(engine.bus, 'LIVE', `live.${task.id}`));
  const tokens = live.flatMap(({ data }) => {
    const { type, data: sent } = JSON.parse(Buffer.from(data).toString()) as {
      type: string;
      data: { text: string };
    };
    return type === 'token' ? [sent.text] : [];
  });
  expect(tokens.join('')).toBe(`${hold}. ${hold} [1].`);
});

test('the model rewrites a follow-up question, and both calls are counted', async () => {
  const history = [
    { role: 'user' as const, text: questions.wrong },
    { role: 'assistant' as const, text: 'With the Talk button.' },
  ];
  const answer = await engine.ask({ question: questions.followUp, brand, history });
  expect(answer).toMatchObject({
    outcome: 'answered',
    readAs: 'How long is the Talk button of the Tarn 4 held?',
    answer: 'The Talk button of the Tarn 4 is held for 12 seconds [1].',
  });
  const [rewriting, answering] = model.seen.slice(-2);
  expect(rewriting?.messages.map(({ content }) => content)).toContain('With the Talk button.');
  expect(answering?.messages.map(({ content }) => content)).toContain('With the Talk button.');
  const alone = JSON.stringify(answering?.messages).length / 4;
  expect(answer.usage?.promptTokens).toBeGreaterThan(alone / 2);
  expect(answer.usage?.model).toBe('m');
});
