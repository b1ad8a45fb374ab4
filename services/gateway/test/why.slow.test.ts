import { newId, TerminalError } from '@slipstream/contracts';
import { connect } from '@slipstream/jetstream';
import { createLogger } from '@slipstream/telemetry';
import { register } from '@slipstream/worker';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';
import { rag, scraping } from './handlers.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function scrape(body: object = {}): Promise<string> {
  const payload = { url: 'https://docs.example.com/', brand: 'Acme' };
  const { body: task } = await gateway.post('/v1/tasks', { kind: 'scrape-page', payload, ...body });
  return String(task['id']);
}
const ask = async () => {
  const payload = { question: 'why?' };
  const { body } = await gateway.post('/v1/tasks', { kind: 'answer-question', payload });
  return String(body['id']);
};
const why = async (id: string) => (await gateway.get(`/v1/tasks/${id}/why`)).body;

test('a queued task without workers is told its place', async () => {
  await scrape({ priority: 'high' });
  await scrape();
  const id = await scrape();
  expect(await why(id)).toEqual({
    id,
    state: 'queued',
    heldBy: 'no-worker',
    words:
      'It is number 2 of priority normal in scraping, behind 1 of higher priorities; no worker of scraping is alive.',
    queue: {
      position: 2,
      effectivePriority: 'normal',
      higher: 1,
      workers: 0,
      slots: 0,
      inHand: 0,
      paused: false,
    },
  });
});

test('a delayed task is told until when', async () => {
  const runAt = new Date(Date.now() + 3_600_000).toISOString();
  expect(await why(await scrape({ runAt }))).toMatchObject({ heldBy: 'delay', until: runAt });
});

test('a worker whose breaker is open holds what is queued until its trial', async () => {
  await using bus = await connect({ url: gateway.nats.url, name: 'broken' });
  const stats = { succeeded: 0, failed: 0, retried: 0, ended: 0, averageMs: 0, lastAt: undefined };
  const pool = {
    category: 'embedding' as const,
    slots: 3,
    inHand: 0,
    alive: true,
    stuck: undefined,
    stats,
    [Symbol.asyncDispose]: async () => undefined,
  };
  const nextTrialAt = new Date(Date.now() + 30_000).toISOString();
  const extra = () => ({ breakers: [{ dependency: 'embedder', state: 'open', nextTrialAt }] });
  await using _worker = register(
    bus,
    { name: 'broken', service: 'test', pools: [pool], extra },
    createLogger('test', 'silent'),
  );
  const body = { kind: 'embed-texts', payload: { texts: ['a'] } };
  const id = String((await gateway.post('/v1/tasks', body)).body['id']);
  await vi.waitFor(async () => {
    expect(await why(id)).toMatchObject({ heldBy: 'breaker-open', until: nextTrialAt });
  }, 10_000);
});

test('what runs names its worker, what waits for a slot says so, what has ended says how', async () => {
  const gate = Promise.withResolvers<void>();
  gateway.work(
    'rag',
    rag({
      'answer-question': async () => {
        await gate.promise;
        throw new TerminalError('the model is gone', { code: 'gone' });
      },
    }),
  );
  const ids: string[] = [];
  for (let count = 0; count < 11; count++) ids.push(await ask());
  const [first = '', last = ''] = [ids[0], ids.at(-1)];
  await vi.waitFor(async () => {
    expect(await why(first)).toMatchObject({ heldBy: 'running', worker: 'test-rag' });
    expect(await why(last)).toMatchObject({
      state: 'queued',
      heldBy: 'pool-full',
      queue: { position: 1, slots: 10, inHand: 10, workers: 1 },
    });
  }, 15_000);
  gate.resolve();
  await gateway.get(`/v1/tasks/${last}?waitMs=20000`);
  expect(await why(last)).toMatchObject({
    heldBy: 'ended',
    words: expect.stringMatching(/^It failed at .*: the model is gone\.$/),
    error: { code: 'gone' },
  });
});

test('a task that was delayed by its own failure is told when it is due, and why', async () => {
  gateway.work(
    'scraping',
    scraping({
      'scrape-page': async () => {
        throw new Error('the host does not answer');
      },
    }),
  );
  const id = await scrape({ priority: 'critical' });
  await vi.waitFor(async () => {
    expect(await why(id)).toMatchObject({
      state: 'retrying',
      heldBy: 'backoff',
      until: expect.any(String),
      error: { message: 'Error: the host does not answer' },
    });
  }, 10_000);
});

test('an unknown task is 404', async () => {
  const { status, body } = await gateway.get(`/v1/tasks/${newId()}/why`);
  expect([status, body['code']]).toEqual([404, 'task-not-found']);
});
