import { askedSince, readTallies } from '@slipstream/jetstream';
import { expect, test, vi } from 'vitest';
import { startAnswerModel } from './answer-model-server.ts';
import { startRagEngine } from './rag-engine.ts';

const brand = 'Quillmere';
const question = 'How do I restore the factory settings of the Tarn 4?';
const PATIENT = { timeout: 20_000 };

test('20 equal questions at once ask the model once, over two processes', async () => {
  const text = 'Hold the Talk button of the Tarn 4 for 12 seconds [1].';
  await using engine = await startRagEngine();
  await using model = await startAnswerModel(() => text);
  await engine.write(brand, 'reset', [
    'To restore the factory settings of the Tarn 4, hold the Talk button for 12 seconds.',
  ]);
  const release = model.hold();
  // Ten slots each, so that both have to take some.
  const env = { ...model.env, SLIPSTREAM_RAG_SLOTS: '10' };
  await using _one = await engine.start(env);
  await using _two = await engine.start(env);
  const since = Date.now();
  const asked = Array.from({ length: 20 }, () => engine.ask(question));
  await vi.waitFor(() => expect(model.seen.length).toBeGreaterThan(0), PATIENT);
  release();
  const answers = await Promise.all(asked);
  expect(answers.filter(({ cached }) => !cached)).toHaveLength(1);
  expect(new Set(answers.map(({ answer }) => answer)).size).toBe(1);
  expect(model.seen).toHaveLength(1);
  await vi.waitFor(async () => {
    const tallies = await readTallies(engine.bus, since);
    const count = (what: string) =>
      tallies.find((one) => one.brand === brand && one.what === what)?.count;
    expect(count('exact')).toBeGreaterThanOrEqual(19);
    expect(count('m')).toBeGreaterThan(0);
  }, PATIENT);
  const kept = await Array.fromAsync(askedSince(engine.bus, { brand, outcome: 'answered' }, since));
  expect(kept.length).toBeGreaterThanOrEqual(19);
});
