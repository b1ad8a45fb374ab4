import { anyBrandToken, brandToken } from '@slipstream/contracts';
import { bumpIndexVersion, directAll } from '@slipstream/jetstream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RagEngine, startRagEngine } from './rag-engine.ts';

const brand = 'Quillmere';
const question = 'How do I restore the factory settings of the Tarn 4?';

const stack = new AsyncDisposableStack();
let engine: RagEngine;
beforeAll(async () => {
  engine = stack.use(await startRagEngine());
  await engine.write(brand, 'reset', [
    'To restore the factory settings of the Tarn 4, hold the Talk button for 12 seconds.',
    'To restore the factory settings of the Tarn 2, send the command beckctl reset --all instead.',
  ]);
  await engine.write(brand, 'panel', [
    'Lock the front panel of the Fell 12 with the key. Unlock the front panel with the same key.',
  ]);
  await engine.write('Other', 'reset', [
    'The factory settings of the Tarn 4 are restored by mail.',
  ]);
  stack.use(await engine.start({ SLIPSTREAM_ANSWER_CACHE_UNANSWERED_MS: '0' }));
});
afterAll(() => stack.disposeAsync());

test('an answer is given again until the knowledge changes', async () => {
  const first = await engine.ask(question);
  expect(first).toMatchObject({ outcome: 'answered', cached: false });
  expect(first.cache).toBeUndefined();
  const again = await engine.ask(`  ${question.toUpperCase().replace('?', ' ??')}`);
  expect(again).toMatchObject({ cached: true, cache: { match: 'exact' }, answer: first.answer });
  expect(again.citations).toEqual(first.citations);

  await engine.write(brand, 'reset', [
    'To restore the factory settings of the Tarn 4, hold the Ident button for 30 seconds.',
  ]);
  await bumpIndexVersion(engine.bus, brand);
  const changed = await engine.ask(question);
  expect(changed.cached).toBe(false);
  expect(changed.answer).toContain('30 seconds');
});

test('other words for the same question are near, another model or the opposite is not', async () => {
  await bumpIndexVersion(engine.bus, brand);
  await engine.ask('How can I lock the front panel of the Fell 12?');
  const near = await engine.ask('What is the way to lock the front panel on a Fell 12');
  expect(near).toMatchObject({ cached: true, cache: { match: 'near' } });
  for (const other of [
    'How can I unlock the front panel of the Fell 12?',
    'How can I lock the front panel of the Fell 16?',
  ]) {
    expect((await engine.ask(other)).cached).toBe(false);
  }
});

test('brand, filter, limit and conversation are part of the question', async () => {
  await engine.ask({ question, brand });
  const cached = await Promise.all(
    [
      { question, brand },
      { question, brand: 'Other' },
      { question },
      { question, brand, limit: 1 },
      { question, brand, filters: { urlPrefix: 'https://docs.example/' } },
      { question, brand, history: [{ role: 'user' as const, text: 'Hello' }] },
    ].map(async (one) => (await engine.ask(one)).cached),
  );
  expect(cached).toEqual([true, false, false, false, false, false]);
});

test('a question that wants no cached answer gets a new one, and the next asker gets that', async () => {
  await engine.ask(question);
  expect(await engine.ask({ question, brand, noCache: true })).toMatchObject({ cached: false });
  expect((await engine.ask(question)).cached).toBe(true);
});

test('that there is no answer is not kept when that is configured', async () => {
  const unknown = 'Which enzyme splits lactose in the small intestine?';
  expect(await engine.ask(unknown)).toMatchObject({ outcome: 'no-answer', cached: false });
  expect(await engine.ask(unknown)).toMatchObject({ outcome: 'no-answer', cached: false });
});

test('all that the cache holds of a brand lies under its token and that of no brand', async () => {
  await engine.ask(question);
  await engine.ask({ question });
  for (const token of [brandToken(brand), anyBrandToken]) {
    const filter = `$KV.answers.${token}.>`;
    await engine.bus.manager.streams.purge('KV_answers', { filter });
  }
  await bumpIndexVersion(engine.bus, brand);
  const left = await Array.fromAsync(directAll(engine.bus, 'KV_answers', '$KV.answers.>'));
  for (const { data } of left) expect(Buffer.from(data).toString()).not.toContain('seconds');
  expect((await engine.ask(question)).cached).toBe(false);
});
