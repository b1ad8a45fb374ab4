import type { Task } from '@slipstream/contracts';
import { MANUAL_BRAND, readQuestions } from '@slipstream/manual';
import { expect, test } from 'vitest';
import { evaluateRemote } from '../eval/evaluate-remote.ts';
import { startSlipstream } from './slipstream.ts';

const pages = ['/getting-started/connect-fell-12.html', '/getting-started/warranty.html'];

test('a running system evaluates what it knows, and tells models by MCP and llms.txt', {
  timeout: 240_000,
}, async () => {
  await using system = await startSlipstream();
  for (const page of pages) {
    const scrape = { url: system.manualUrl + page, brand: MANUAL_BRAND };
    const { body } = await system.post('/v1/scrapes', scrape);
    expect(await system.ended(body.id)).toMatchObject({ state: 'succeeded' });
  }

  const questions = (await readQuestions()).flatMap(({ id, kind, question, url, answer }) =>
    kind === 'fact' && pages.includes(url)
      ? [{ id, question, relevant: { [url]: 1 }, answers: [answer], answerable: true }]
      : [],
  );
  expect(questions.length).toBeGreaterThan(2);
  const report = await evaluateRemote(system.url, questions, { brand: MANUAL_BRAND });
  expect(report).toMatchObject({ judged: questions.length, retrieval: { keyword: { hit5: 1 } } });
  expect(report.answers.tokenF1).toBeGreaterThan(0.3);
  const { items } = await system.get<{ items: Task[] }>('/v1/evaluations');
  expect(items).toMatchObject([{ kind: 'evaluate', result: { judged: questions.length } }]);

  const call = { jsonrpc: '2.0', id: 1, method: 'tools/call' };
  const sources = { ...call, params: { name: 'sources', arguments: { query: 'warranty' } } };
  const { body } = await system.post<{ result: object }>('/mcp', sources);
  const [, warranty] = pages;
  expect(body.result).toMatchObject({
    structuredContent: { total: 1, documents: [{ url: system.manualUrl + warranty }] },
  });
  const text = await (await fetch(`${system.url}/llms.txt?brand=${MANUAL_BRAND}`)).text();
  for (const page of pages) expect(text).toContain(`(${system.manualUrl}${page})`);
});
