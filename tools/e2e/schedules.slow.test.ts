import type { Task } from '@slipstream/contracts';
import { expect, test, vi } from 'vitest';
import { startSlipstream } from './slipstream.ts';

const work = { kind: 'embed-texts', payload: { texts: ['later'] } };

test('delayed tasks and schedules outlive kill -9 of nats-server and of maintenance', async () => {
  await using system = await startSlipstream();
  const runAt = new Date(Date.now() + 8_000).toISOString();
  const { body: delayed } = await system.post('/v1/tasks', { ...work, runAt });
  const { body: dropped } = await system.post('/v1/tasks', { ...work, runAt });
  expect(delayed.state).toBe('scheduled');
  const { status } = await system.post('/v1/schedules', {
    name: 'every-second',
    cron: '* * * * * *',
    task: work,
    overlap: 'queue',
    catchUp: 'all',
  });
  expect(status).toBe(201);
  await system.kill('nats-server');
  await system.kill('maintenance');
  await vi.waitFor(async () => {
    const { body } = await system.post(`/v1/tasks/${dropped.id}/cancel`, undefined);
    expect(body.state).toBe('cancelled');
  }, 20_000);

  const task = await vi.waitFor(() => system.ended(delayed.id), { timeout: 60_000, interval: 500 });
  expect(task).toMatchObject({ state: 'succeeded', attempt: 1 });
  expect(Date.parse(task.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(runAt));
  expect((await system.get(`/v1/tasks/${dropped.id}`)).state).toBe('cancelled');

  // Every second has its task, those of the outage too, and none has two.
  const firedAt = async () => {
    const { items } = await system.get<{ items: { at: string }[] }>(
      '/v1/schedules/every-second/history',
    );
    return items.map(({ at }) => Date.parse(at)).reverse();
  };
  await vi.waitFor(async () => expect(await firedAt()).toHaveLength(20), 60_000);
  await system.post('/v1/schedules/every-second/pause', undefined);
  const times = await firedAt();
  expect(times).toEqual(times.map((_, nth) => (times[0] ?? 0) + nth * 1_000));
  const { items } = await system.get<{ items: Task[] }>(
    '/v1/tasks?tag=schedule:every-second&limit=500',
  );
  expect(items.length).toBeGreaterThanOrEqual(times.length);
}, 180_000);

interface Schedule {
  readonly name: string;
  readonly nextRuns: readonly string[];
  readonly lastRun?: { readonly taskId: string; readonly state: string };
}

test('each job of the system runs dry, and each of its schedules for real, as users see them', async () => {
  await using system = await startSlipstream();
  const url = `${system.manualUrl}/index.html`;
  const crawl = { url, brand: 'Quillmere', mode: 'site', maxPages: 3 };
  await system.ended((await system.post('/v1/scrapes', crawl)).body.id);

  const { items } = await system.get<{ items: { job: string }[] }>('/v1/maintenance');
  expect(items.length).toBeGreaterThan(0);
  for (const { job } of items) {
    const { body } = await system.post(`/v1/maintenance/${job}`, { dryRun: true });
    const result = { dryRun: true };
    expect(await system.ended(body.id)).toMatchObject({ state: 'succeeded', result });
  }

  const { items: schedules } = await system.get<{ items: Schedule[] }>('/v1/schedules');
  // Two are never due by themselves: they follow a change of settings.
  const scheduled = items.map(({ job }) => job).filter((job) => !job.startsWith('re-'));
  expect(schedules.map(({ name }) => name)).toEqual(scheduled.toSorted());
  for (const { name, nextRuns } of schedules) {
    expect(nextRuns).toHaveLength(5);
    const { body } = await system.post(`/v1/schedules/${name}/run`, undefined);
    expect(await system.ended(body.id)).toMatchObject({ state: 'succeeded' });
    const shown = await system.get<Schedule>(`/v1/schedules/${name}`);
    expect(shown.lastRun).toMatchObject({ taskId: body.id, state: 'succeeded' });
    const path = `/v1/schedules/${name}/history`;
    const { items: history } = await system.get<{ items: object[] }>(path);
    expect(history).toContainEqual(expect.objectContaining({ taskId: body.id, manual: true }));
    await system.post(`/v1/schedules/${name}/pause`, undefined);
    expect((await system.get<Schedule>(`/v1/schedules/${name}`)).nextRuns).toEqual([]);
    await system.post(`/v1/schedules/${name}/resume`, undefined);
  }
}, 300_000);
