import { problems, tasks } from '@slipstream/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ SLIPSTREAM_MANUAL_URL: 'http://127.0.0.1:8081/?a="b"' });
});
afterAll(() => gateway[Symbol.asyncDispose]());

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly responses: object;
}
interface Description {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}
const describeApi = async (): Promise<Description> =>
  (await fetch(`${gateway.url}/openapi.json`)).json() as Promise<Description>;

test('the OpenAPI description has every route, each with a name, a summary and answers', async () => {
  const { openapi, paths } = await describeApi();
  expect(openapi).toBe('3.1.0');
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  );
  expect(operations.map(({ path, method }) => `${method} ${path}`).sort()).toEqual([
    'delete /v1/schedules/{name}',
    'delete /v1/sources',
    'delete /v1/sources/{id}',
    'get /livez',
    'get /metrics',
    'get /readyz',
    'get /v1/breakers',
    'get /v1/coverage-gaps',
    'get /v1/dead-letters',
    'get /v1/evaluations',
    'get /v1/events',
    'get /v1/health',
    'get /v1/maintenance',
    'get /v1/pools',
    'get /v1/queues',
    'get /v1/schedules',
    'get /v1/schedules/{name}',
    'get /v1/schedules/{name}/history',
    'get /v1/search',
    'get /v1/sources',
    'get /v1/sources/{id}',
    'get /v1/stats',
    'get /v1/tasks',
    'get /v1/tasks/export',
    'get /v1/tasks/{id}',
    'get /v1/tasks/{id}/events',
    'get /v1/tasks/{id}/why',
    'get /v1/workers',
    'get /v1/workflows',
    'get /v1/workflows/{id}',
    'get /v1/workflows/{id}/events',
    'patch /v1/pools/{category}',
    'patch /v1/sources',
    'post /mcp',
    'post /v1/dead-letters/discard',
    'post /v1/dead-letters/replay',
    'post /v1/documents',
    'post /v1/documents/batch',
    'post /v1/embeddings',
    'post /v1/embeddings/batch',
    'post /v1/evaluations',
    'post /v1/maintenance/{job}',
    'post /v1/queries',
    'post /v1/queues/reset',
    'post /v1/queues/{category}/pause',
    'post /v1/queues/{category}/purge',
    'post /v1/queues/{category}/resume',
    'post /v1/schedules',
    'post /v1/schedules/{name}/pause',
    'post /v1/schedules/{name}/resume',
    'post /v1/schedules/{name}/run',
    'post /v1/scrapes',
    'post /v1/scrapes/batch',
    'post /v1/sources/{id}/refresh',
    'post /v1/tasks',
    'post /v1/tasks/batch',
    'post /v1/tasks/{id}/cancel',
    'post /v1/tasks/{id}/retry',
    'post /v1/workflows',
    'post /v1/workflows/{id}/cancel',
    'post /v1/workflows/{id}/retry',
    'put /v1/schedules/{name}',
  ]);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  for (const { summary, responses } of operations) {
    expect(summary).toBeTruthy();
    expect(Object.keys(responses).every((status) => /^[1-5](\d\d|XX)$/.test(status))).toBe(true);
  }
});

test('every reference in the description leads somewhere', async () => {
  const description = await describeApi();
  const references = new Set(
    [...JSON.stringify(description).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, reference]) => reference,
    ),
  );
  expect(references).toContain('#/components/schemas/Task');
  for (const reference of references) {
    const target = (reference ?? '')
      .slice(2)
      .split('/')
      .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], description);
    expect(target, reference).toBeTypeOf('object');
  }
});

test('every kind is described: what it takes and what it gives', async () => {
  const { components } = await describeApi();
  for (const kind of Object.keys(tasks)) {
    expect(components.schemas).toHaveProperty([`${kind}.payload`]);
    expect(components.schemas).toHaveProperty([`${kind}.result`]);
  }
});

test.each(['queues', 'pools', 'maintenance', 'workers', 'breakers', 'schedules'])(
  'GET /v1/%s is a list that is read page by page',
  async (name) => {
    const read = async (query: string) => (await gateway.get(`/v1/${name}?${query}`)).body;
    const all = (await read('limit=500'))['items'] as unknown as object[];
    const paged: object[] = [];
    let cursor: unknown = '';
    while (cursor !== null) {
      const page = await read(`limit=4${cursor === '' ? '' : `&cursor=${cursor}`}`);
      paged.push(...(page['items'] as unknown as object[]));
      cursor = page['nextCursor'];
    }
    expect(paged).toHaveLength(all.length);
    for (const wrong of ['limit=0', 'limit=501', 'cursor=abc', 'colour=red']) {
      const { status } = await gateway.get(`/v1/${name}?${wrong}`);
      expect([wrong, status]).toEqual([wrong, 400]);
    }
  },
);

test('every answer has the trace of its request, those for Prometheus too', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  for (const path of ['/livez', '/metrics', '/v1/nothing', '/docs/reference/errors.md']) {
    const answer = await fetch(gateway.url + path, { headers });
    expect([path, answer.headers.get('x-trace-id')]).toEqual([path, traceId]);
  }
});

test('the reference can be browsed', async () => {
  const page = await fetch(`${gateway.url}/docs`);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('Slipstream API');
});

test('the page that problem types link to has a section for each code', async () => {
  const { body } = await gateway.get('/nothing');
  const page = new URL(String(body['type']), gateway.url);
  const text = await (await fetch(page)).text();
  expect(page.hash).toBe('#not-found');
  for (const code of Object.keys(problems)) expect(text).toContain(`id="${code}"`);
});

test('the first page loads nothing from elsewhere and offers the sample site', async () => {
  const page = await fetch(`${gateway.url}/`);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const html = await page.text();
  expect(html).toContain('http://127.0.0.1:8081/?a=&quot;b&quot;');
  expect(html).not.toMatch(/(?:src|href)="https?:/);
  const parts = [...html.matchAll(/(?:src|href)="(\/page\/[^"]+)"/g)].map(([, path]) => path);
  expect(parts.length).toBeGreaterThan(1);
  for (const path of parts) expect((await fetch(gateway.url + path)).status).toBe(200);
});
