import { newId } from '@slipstream/contracts';
import { createEventLog } from '@slipstream/tasklog';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';
import { rag } from './handlers.ts';
import { type ReadEvent, readEvents } from './read-events.ts';

let gateway: TestGateway;
/** What the questions of a test wait for, by question. */
const gates = new Map<string, PromiseWithResolvers<void>>();

beforeAll(async () => {
  gateway = await startGateway();
  const { 'answer-question': answer } = rag();
  gateway.work(
    'rag',
    rag({
      'answer-question': async (payload, context) => {
        context.emit('token', 'before');
        await gates.get(payload.question)?.promise;
        return answer(payload, context);
      },
    }),
  );
});
afterAll(() => gateway[Symbol.asyncDispose]());

const ask = async (question: string): Promise<string> => {
  const body = { kind: 'answer-question', payload: { question } };
  return String((await gateway.post('/v1/tasks', body)).body['id']);
};
const events = (id: string, lastId?: string, enough?: (event: ReadEvent) => boolean) =>
  readEvents(
    `${gateway.url}/v1/tasks/${id}/events`,
    { headers: lastId === undefined ? {} : { 'last-event-id': lastId } },
    enough,
  );
const outline = (list: readonly ReadEvent[]) =>
  list.map(({ event, data }) => (event === 'state' ? `state ${data['state']}` : event));

test('the story of a task that has ended is replayed in order, with its result at the end', async () => {
  const id = await ask('What is it?');
  await gateway.get(`/v1/tasks/${id}?waitMs=10000`);
  const story = await events(id);
  // Only a run of more than 20 ms announces its start.
  expect(outline(story).filter((line) => line !== 'state running')).toEqual([
    'state queued',
    'token',
    'citations',
    'token',
    'token',
    'token',
    'state succeeded',
    'result',
  ]);
  expect(story.filter(({ event }) => event === 'token').map(({ data }) => data)).toEqual([
    'before',
    'What',
    'is',
    'it?',
  ]);
  expect(story.at(-1)?.data).toMatchObject({
    id,
    state: 'succeeded',
    result: { answer: 'What is it?' },
  });
});

test('a task is followed live from before its start to its end', async () => {
  const gate = Promise.withResolvers<void>();
  gates.set('Live?', gate);
  const id = await ask('Live?');
  const story = await events(id, undefined, (event) => {
    if (outline([event])[0] === 'state running') gate.resolve();
    return event.event === 'result';
  });
  const lines = outline(story);
  expect(lines[0]).toBe('state queued');
  expect(lines.filter((line) => line === 'token')).toHaveLength(2);
  expect(lines.slice(-2)).toEqual(['state succeeded', 'result']);
});

test('a break after any event is resumed without gap or duplicate', async () => {
  const id = await ask('One two three');
  await gateway.get(`/v1/tasks/${id}?waitMs=10000`);
  const whole = await events(id);
  for (let broken = 0; broken < whole.length - 1; broken++) {
    const rest = await events(id, whole[broken]?.id);
    expect(rest).toEqual(whole.slice(broken + 1));
  }
});

test('a break while the task runs is resumed without gap or duplicate', async () => {
  const gate = Promise.withResolvers<void>();
  gates.set('Broken off?', gate);
  const id = await ask('Broken off?');
  const first = await events(id, undefined, ({ event }) => event === 'token');
  gate.resolve();
  const rest = await events(id, first.at(-1)?.id);
  const seen = [...first, ...rest];
  expect(seen.filter(({ event }) => event === 'token').map(({ data }) => data)).toEqual([
    'before',
    'Broken',
    'off?',
  ]);
  expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
});

test('a client that had the result is told to stop', async () => {
  const id = await ask('Once?');
  const last = (await events(id)).at(-1);
  const { status } = await fetch(`${gateway.url}/v1/tasks/${id}/events`, {
    headers: { 'last-event-id': last?.id ?? '' },
  });
  expect(status).toBe(204);
});

test('the counts of children come as progress', async () => {
  const { body } = await gateway.post('/v1/tasks', {
    kind: 'scrape-site',
    payload: { url: 'https://docs.example.com/', brand: 'Acme' },
  });
  const id = String(body['id']);
  const log = createEventLog(gateway.bus);
  const common = { id, run: 1, category: 'scraping', at: new Date().toISOString() } as const;
  const counts = { total: 4, succeeded: 1, failed: 0, cancelled: 0 };
  const reading = events(id, undefined, ({ event }) => event === 'progress');
  await log.append({
    ...common,
    type: 'progress',
    progress: { done: 1, total: 4 },
    children: counts,
  });
  const [progress] = (await reading).slice(-1);
  expect(progress?.data).toEqual({ done: 1, total: 4, children: counts });

  const late = await events(id, undefined, ({ event }) => event === 'progress');
  expect(late.at(-1)?.data).toEqual(progress?.data);
});

test('an unknown task is 404, not a stream', async () => {
  const { status, body } = await gateway.get(`/v1/tasks/${newId()}/events`);
  expect([status, body['code']]).toEqual([404, 'task-not-found']);
});
