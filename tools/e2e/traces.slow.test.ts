import type { Task } from '@slipstream/contracts';
import { startOtlpSink, treeOf } from '@slipstream/testing';
import { expect, test, vi } from 'vitest';
import { startBigSite } from './big-site.ts';
import { startSlipstream } from './slipstream.ts';

test('a crawl and a question each leave one trace with one root and no orphan', async () => {
  await using sink = await startOtlpSink();
  await using system = await startSlipstream({
    OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
    SLIPSTREAM_TRACE_RATIO: '1',
  });
  const url = `${system.manualUrl}/index.html`;
  const accepted = await system.post('/v1/scrapes', { url, brand: 'Quillmere', mode: 'site' });
  const crawl = await system.ended(accepted.body.id);
  const asked = await system.post<{ taskId: string }>('/v1/queries', {
    question: 'How do I reset a Tarn 4 to factory settings?',
    brand: 'Quillmere',
  });
  const question = await system.get<Task>(`/v1/tasks/${asked.body.taskId}`);
  const pages = crawl.children?.total ?? 0;
  expect(pages).toBeGreaterThan(30);

  await vi.waitFor(
    () => {
      const tree = treeOf(sink.spans, crawl.traceId ?? '');
      const named = (name: string) => tree.spans.filter((span) => span.name === name).length;
      expect(named('process tasks.embedding.low')).toBeGreaterThanOrEqual(pages - 2);
      expect(named('process tasks.scraping.normal')).toBe(pages);
      expect(tree.roots.map(({ service, name }) => `${service} ${name}`)).toEqual([
        'gateway POST /v1/scrapes',
      ]);
      expect(tree.orphans).toEqual([]);
    },
    { timeout: 15_000, interval: 200 },
  );
  await vi.waitFor(
    () => {
      const tree = treeOf(sink.spans, question.traceId ?? '');
      expect(tree.spans.map(({ name }) => name)).toContain('process tasks.rag.critical');
      expect(tree.roots.map(({ name }) => name)).toEqual(['POST /v1/queries']);
      expect(tree.orphans).toEqual([]);
    },
    { timeout: 15_000, interval: 200 },
  );
});

test('above 1,000 children each starts a trace of its own, linked to the parent', async () => {
  await using sink = await startOtlpSink();
  await using system = await startSlipstream({
    OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
    SLIPSTREAM_TRACE_RATIO: '1',
    SLIPSTREAM_SCRAPE_ALLOW: '127.0.0.1',
  });
  await using site = await startBigSite(1_100);
  const accepted = await system.post('/v1/scrapes', {
    url: `${site.url}/`,
    brand: 'Big',
    mode: 'site',
    maxPages: 1_100,
  });
  const crawl = await system.ended(accepted.body.id);
  expect(crawl.children?.total).toBe(1_100);
  await vi.waitFor(
    () => {
      const linked = sink.spans.filter(
        ({ name, linkedTraceIds }) =>
          name === 'publish tasks.scraping.normal' && linkedTraceIds.includes(crawl.traceId ?? ''),
      );
      expect(linked.length).toBeGreaterThan(0);
      expect(linked.every(({ parentSpanId }) => parentSpanId === '')).toBe(true);
      for (const { traceId } of linked.slice(0, 20)) {
        expect(treeOf(sink.spans, traceId).orphans).toEqual([]);
      }
    },
    { timeout: 30_000, interval: 500 },
  );
}, 300_000);
