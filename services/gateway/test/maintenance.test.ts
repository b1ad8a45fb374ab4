import { maintenanceJobs } from '@slipstream/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

test('the jobs of the system are listed', async () => {
  const { body } = await gateway.get('/v1/maintenance');
  const items = body['items'] as unknown as { job: string; kind: string }[];
  expect(Object.fromEntries(items.map(({ job, kind }) => [job, kind]))).toEqual(maintenanceJobs);
});

test.each(Object.entries(maintenanceJobs))('%s becomes a task %s', async (job, kind) => {
  const { status, body } = await gateway.post(`/v1/maintenance/${job}`, { dryRun: true });
  expect(status).toBe(202);
  expect(body).toMatchObject({ kind, state: 'queued', tags: [`job:${job}`] });
});

test('a job needs no body', async () => {
  expect((await gateway.post('/v1/maintenance/clean-up', '')).status).toBe(202);
});

test('an unknown job and an unknown field are refused in words', async () => {
  const unknown = await gateway.post('/v1/maintenance/reboot', {});
  expect(unknown.body).toMatchObject({ status: 404, code: 'not-found' });
  expect(unknown.body['detail']).toContain('index-upkeep');
  const field = await gateway.post('/v1/maintenance/clean-up', { dry: true });
  expect(field.body).toMatchObject({ status: 400, errors: [{ path: '/dry' }] });
});
