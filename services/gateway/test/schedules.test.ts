import { tasks } from '@slipstream/contracts';
import { directLast } from '@slipstream/jetstream';
import { ensureShipped } from '@slipstream/tasklog';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';
import { scraping } from './handlers.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const task = {
  kind: 'scrape-page',
  payload: { url: 'https://docs.example.com/', brand: 'Acme' },
  tags: ['nightly'],
};
const nightly = { name: 'nightly', cron: '30 12 * * *', timezone: 'Europe/Berlin', task };

const onServer = (name: string) => directLast(gateway.bus, 'SCHED', `sched.scraping.${name}`);

test('a schedule is made, and says when it runs next, in its own time zone', async () => {
  const { status, headers, body } = await gateway.post('/v1/schedules', nightly);
  expect([status, headers.get('location')]).toEqual([201, '/v1/schedules/nightly']);
  expect(body).toEqual({
    ...nightly,
    overlap: 'skip',
    catchUp: 'one',
    paused: false,
    shipped: false,
    createdAt: expect.any(String),
    updatedAt: expect.any(String),
    nextRuns: expect.any(Array),
  });
  const berlin = new Intl.DateTimeFormat('de', { timeZone: 'Europe/Berlin', timeStyle: 'short' });
  const next = body['nextRuns'] as unknown as string[];
  expect(next.map((at) => berlin.format(new Date(at)))).toEqual(Array(5).fill('12:30'));
  expect((await gateway.get('/v1/schedules/nightly')).body).toEqual(body);
  expect((await gateway.get('/v1/schedules')).body['items']).toEqual([body]);
});

test('the server keeps the clock', async () => {
  const kept = await onServer('nightly');
  expect(kept?.header('Nats-Schedule')).toBe('0 30 12 * * *');
  expect(kept?.header('Nats-Schedule-Time-Zone')).toBe('Europe/Berlin');
  expect(kept?.header('Nats-Schedule-Target')).toBe('due.scraping.nightly');
});

test('the name of a schedule is taken once', async () => {
  const { status, body } = await gateway.post('/v1/schedules', nightly);
  expect([status, body['code']]).toEqual([409, 'schedule-exists']);
});

test.each([
  [{ cron: '61 * * * *' }, '/cron'],
  [{ cron: '@every 10ms' }, '/cron'],
  [{ timezone: 'Mars/Olympus' }, '/timezone'],
  [{ task: { ...task, kind: 'no-such-kind' } }, '/task/kind'],
  [{ task: { ...task, payload: { url: 'https://docs.example.com/' } } }, '/task/payload/brand'],
  [{ task: { ...task, payload: { url: 'http://10.0.0.1/', brand: 'x' } } }, '/task/payload/url'],
  [{ task: { ...task, priority: 'urgent' } }, '/task/priority'],
  [{ name: 'Not Kebab' }, '/name'],
  [{ overlap: 'kill' }, '/overlap'],
  [{ catchUp: 'some' }, '/catchUp'],
  [{ colour: 'red' }, '/colour'],
])('%j is refused with the path %s', async (mistake, path) => {
  const { status, body } = await gateway.post('/v1/schedules', {
    ...nightly,
    name: 'other',
    ...mistake,
  });
  expect(status).toBe(400);
  expect(body['errors']).toContainEqual({ path, message: expect.any(String) });
  expect((await gateway.get('/v1/schedules/other')).status).toBe(404);
});

test('PUT changes the server’s clock with the schedule, and makes one that is missing', async () => {
  const { name: _name, ...spec } = nightly;
  const every = { ...spec, cron: '@every 2h', timezone: 'UTC' };
  const changed = await gateway.call('PUT', '/v1/schedules/nightly', every);
  expect([changed.status, changed.body['cron']]).toEqual([200, '@every 2h']);
  expect((await onServer('nightly'))?.header('Nats-Schedule')).toBe('@every 2h');
  const moved = {
    ...every,
    task: { kind: 'embed-texts', payload: { texts: ['a'] } },
  };
  expect((await gateway.call('PUT', '/v1/schedules/nightly', moved)).status).toBe(200);
  expect(await onServer('nightly')).toBeUndefined();
  expect((await gateway.call('PUT', '/v1/schedules/fresh', every)).status).toBe(201);
  const renamed = await gateway.call('PUT', '/v1/schedules/fresh', { name: 'stale', ...every });
  expect(renamed.body['errors']).toMatchObject([{ path: '/name' }]);
});

test('a paused schedule has no clock and no next run; a resumed one has both again', async () => {
  const paused = await gateway.post('/v1/schedules/fresh/pause', {});
  expect(paused.body).toMatchObject({ paused: true, nextRuns: [] });
  expect(await onServer('fresh')).toBeUndefined();
  const resumed = await gateway.post('/v1/schedules/fresh/resume', {});
  expect(resumed.body).toMatchObject({ paused: false });
  expect(resumed.body['nextRuns']).toHaveLength(5);
  expect((await onServer('fresh'))?.header('Nats-Schedule')).toBe('@every 2h');
});

test('a run that is asked for is a task like those of the clock, and the last run', async () => {
  gateway.work('scraping', scraping());
  const { status, body } = await gateway.post(
    '/v1/schedules/fresh/run',
    {},
    { 'idempotency-key': 'one' },
  );
  expect([status, body['tags']]).toEqual([202, ['nightly', 'schedule:fresh']]);
  const id = String(body['id']);
  await gateway.get(`/v1/tasks/${id}?waitMs=10000`);
  const again = await gateway.post('/v1/schedules/fresh/run', {}, { 'idempotency-key': 'one' });
  expect(again.body['id']).toBe(id);
  const { body: schedule } = await gateway.get('/v1/schedules/fresh');
  expect(schedule['lastRun']).toEqual({ at: expect.any(String), taskId: id, state: 'succeeded' });
  const { body: history } = await gateway.get('/v1/schedules/fresh/history');
  expect(history['items']).toEqual([
    { at: expect.any(String), taskId: id, state: 'succeeded', manual: true },
  ]);
});

test('a removed schedule is gone from the server too', async () => {
  expect((await gateway.call('DELETE', '/v1/schedules/fresh')).status).toBe(204);
  expect(await onServer('fresh')).toBeUndefined();
  for (const path of ['', '/history']) {
    const { status, body } = await gateway.get(`/v1/schedules/fresh${path}`);
    expect([status, body['code']]).toEqual([404, 'schedule-not-found']);
  }
  expect((await gateway.post('/v1/schedules/fresh/run', {})).status).toBe(404);
  expect((await gateway.post('/v1/schedules/fresh/pause', {})).status).toBe(404);
  expect((await gateway.call('DELETE', '/v1/schedules/fresh')).status).toBe(404);
});

test('a shipped schedule follows the new version, unless a user has changed it', async () => {
  const shipped = (cron: string) =>
    ensureShipped(gateway.bus, tasks, [
      { ...nightly, name: 'shipped', overlap: 'skip', catchUp: 'one', cron },
    ]);
  const cron = async () => (await gateway.get('/v1/schedules/shipped')).body['cron'];
  await shipped('0 1 * * *');
  await gateway.post('/v1/schedules/shipped/pause', {});
  await shipped('0 2 * * *');
  expect(await cron()).toBe('0 2 * * *');
  expect((await gateway.get('/v1/schedules/shipped')).body).toMatchObject({
    paused: true,
    shipped: true,
  });
  await gateway.call('PUT', '/v1/schedules/shipped', { cron: '0 3 * * *', task });
  await shipped('0 4 * * *');
  expect(await cron()).toBe('0 3 * * *');
  const { status, body } = await gateway.call('DELETE', '/v1/schedules/shipped');
  expect([status, body['code']]).toEqual([409, 'schedule-shipped']);
});
