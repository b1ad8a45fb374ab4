import { createHash } from 'node:crypto';
import { brandToken, type Notes, tasks } from '@slipstream/contracts';
import { admit } from '@slipstream/flows';
import { putBlob } from '@slipstream/jetstream';
import { type AnswerModelSettings, createAnswerModel } from '@slipstream/providers';
import { extractNotes, type NotedDocument } from '@slipstream/retrieval';
import { type Engine, startEngine, withRest } from '@slipstream/testkit';
import { notesCacheFrom, runPool } from '@slipstream/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { createWriteNotes } from '../src/handlers/write-notes.ts';
import { startWritingModel } from './writing-model.ts';

const stack = new AsyncDisposableStack();
let engine: Engine;
beforeAll(async () => {
  engine = stack.use(await startEngine());
  const { bus, log, parts } = engine;
  const stop = new AbortController();
  const limiting = admit({ bus, log, tasks, logger: parts.logger }, stop.signal);
  stack.defer(() => limiting);
  stack.defer(() => stop.abort());
});
afterAll(() => stack.disposeAsync());

/** The pool with the one kind that is tested: no embedder has to warm up. */
async function start(model?: AnswerModelSettings) {
  const { bus, parts } = engine;
  const config = readConfig({ SLIPSTREAM_NATS_URL: engine.nats.url });
  const answerModel = model && (await createAnswerModel(model));
  return runPool(parts, {
    category: 'rag',
    tasks,
    slots: 2,
    handlers: withRest('rag', {
      'write-notes': createWriteNotes({
        bus,
        cache: notesCacheFrom(bus, config),
        models: { ids: [], modelFor: () => answerModel },
        maxChars: config.SLIPSTREAM_NOTES_MODEL_CHARS,
      }),
    }),
  });
}

const document: NotedDocument = {
  title: 'Tarn manual',
  pages: [
    { number: 1, markdown: '# Reset\n\nHold the Talk button for 12 seconds to reset the Tarn 4.' },
    { number: 2, markdown: '# Power\n\nThe Tarn 4 takes 12 volts from its own power supply.' },
  ],
};

/** Writes the notes of the document as a task of its own. `name` makes it another file. */
async function notesOf(name: string): Promise<Notes> {
  const brand = 'Quillmere';
  const put = (value: unknown) =>
    putBlob(engine.bus, brandToken(brand), Buffer.from(JSON.stringify(value)));
  const task = await engine.completed('write-notes', {
    brand,
    url: `https://upload.invalid/${name}`,
    fingerprint: createHash('sha256').update(name).digest('hex'),
    document: await put(document),
    draft: await put(extractNotes(document)),
    draftCached: false,
    draftMs: 3,
  });
  expect(task.state).toBe('succeeded');
  return task.result as Notes;
}

const reply = JSON.stringify({
  title: 'How to use a Tarn',
  summary: 'The Tarn 4 takes 12 volts and is reset with the Talk button. It was made by elves.',
  keyPoints: [
    { text: 'Hold Talk for 12 seconds to reset the Tarn 4.', page: 2 },
    { text: 'Elves polish every knob by moonlight.', page: 1 },
  ],
  sections: [
    { heading: 'Power', level: 1, page: 2, points: [{ text: 'It takes 12 volts.', page: 2 }] },
  ],
});

test('without a model the notes are the sentences of the document', async () => {
  await using _pool = await start();
  const notes = await notesOf('offline');
  expect(notes).toMatchObject({ ...extractNotes(document), mode: 'extractive', cached: false });
  expect(notes.degraded).toBeUndefined();
  expect(notes.timings['notesMs']).toBeGreaterThanOrEqual(3);
});

test('a model writes notes once for the same bytes, and what the document does not hold is gone', async () => {
  await using model = await startWritingModel(() => reply);
  await using _pool = await start(model.settings);
  const notes = await notesOf('written');
  expect(notes).toMatchObject({
    title: 'How to use a Tarn',
    mode: 'model',
    cached: false,
    keyPoints: [{ text: 'Hold Talk for 12 seconds to reset the Tarn 4.', page: 1 }],
    usage: { model: 'm' },
  });
  expect(JSON.stringify(notes)).not.toMatch(/elves/i);
  const [rules, given] = model.seen[0]?.messages ?? [];
  expect(rules?.role).toBe('system');
  expect(given?.content).toContain('[page 2]');
  expect(await notesOf('written')).toMatchObject({ mode: 'model', cached: true });
  expect(model.seen).toHaveLength(1);
});

test('when the model is down, or writes something else, the notes are extractive and say so', async () => {
  const replies = ['Sorry, I would rather talk about ducks.', '{"title":"x"}'];
  await using model = await startWritingModel(() => replies.shift() ?? 503);
  await using _pool = await start(model.settings);
  for (const name of ['talk', 'form', 'down']) {
    const notes = await notesOf(name);
    expect(notes).toMatchObject({
      mode: 'extractive',
      cached: false,
      keyPoints: expect.any(Array),
    });
    expect(notes.degraded).toContain('answer model');
  }
});
