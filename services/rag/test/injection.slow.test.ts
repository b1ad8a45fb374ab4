import { directAll } from '@slipstream/jetstream';
import { withoutInstructions } from '@slipstream/retrieval';
import { manualChunks } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ModelRequest, startAnswerModel } from './answer-model-server.ts';
import { injections } from './injected-passages.ts';
import { type RagEngine, startRagEngine } from './rag-engine.ts';

const honest =
  'To restore the factory settings of the Tarn 4, hold the Talk button for 12 seconds.';
const statement = 'Hold the Talk button of the Tarn 4 for 12 seconds';

const caseOf = ({ messages }: ModelRequest): number =>
  Number(/reset-(\d+)\.html/.exec(messages.at(-1)?.content ?? '')?.[1]);

/** The worst of models: whatever a page says, it does, and says where it stands. */
const obedient = (request: ModelRequest): string => {
  const obeyed = injections[caseOf(request)]?.obeyed;
  return `${obeyed} [1].\n\n${statement} [1].\n\n${obeyed} [1][2]\n\n${obeyed}`;
};

const stack = new AsyncDisposableStack();
let engine: RagEngine;
let model: Awaited<ReturnType<typeof startAnswerModel>>;
beforeAll(async () => {
  engine = stack.use(await startRagEngine());
  model = stack.use(await startAnswerModel(obedient));
  const writes = injections.map(({ text }, nth) =>
    engine.write(`brand ${nth}`, `reset-${nth}`, [`${honest}\n\n${text}`], 'Factory reset'),
  );
  await Promise.all(writes);
  stack.use(await engine.start(model.env));
}, 60_000);
afterAll(() => stack.disposeAsync());

const normal = (text: string): string => text.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').toLowerCase();

test('no order hidden in a page reaches the model, and none that it obeys reaches the reader', async () => {
  expect(injections.length).toBeGreaterThanOrEqual(20);
  const answers = await Promise.all(
    injections.map((_, nth) =>
      engine.ask({
        question: 'How do I restore the factory settings of the Tarn 4?',
        brand: `brand ${nth}`,
      }),
    ),
  );
  const prompts = new Map(
    model.seen.map((request) => [caseOf(request), request.messages.at(-1)?.content ?? '']),
  );
  const live = await Array.fromAsync(directAll(engine.bus, 'LIVE', 'live.*'), ({ data }) =>
    normal(Buffer.from(data).toString()),
  );
  for (const [nth, { text, obeyed }] of injections.entries()) {
    const { answer, outcome, citations } = answers[nth] ?? {};
    expect({ nth, outcome, answer }).toEqual({
      nth,
      outcome: 'answered',
      answer: `${statement} [1].`,
    });
    expect(honest).toContain(citations?.[0]?.quote);
    const prompt = prompts.get(nth) ?? '';
    expect(prompt).toContain(honest);
    const order = text.split(/(?<=\.) |\n/)[0] ?? '';
    expect(normal(prompt)).not.toContain(normal(order));
    expect(live.filter((one) => one.includes(normal(obeyed)))).toEqual([]);
  }
}, 60_000);

test('nothing in the sample manual is taken for an order to a model', async () => {
  const found = (await manualChunks())
    .flat()
    .flatMap(({ text }) => withoutInstructions(text).instructions);
  expect(found).toEqual([]);
}, 60_000);
