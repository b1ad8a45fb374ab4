import { execFile } from 'node:child_process';
import { mkdir, mkdtempDisposable, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { acceleratorsFolder } from '@slipstream/config';
import { type PayloadOf, type Tasks, tasks } from '@slipstream/contracts';
import { admit, conduct } from '@slipstream/flows';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { BreakerOpenError, BreakerRegistry } from '@slipstream/resilience';
import { type Engine, startEngine, untilDisposed, withRest } from '@slipstream/testkit';
import { runPool } from '@slipstream/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startTestServer, type TestServer } from '../src/fetch/start-test-server.ts';
import { createRenderer, type Renderer } from '../src/render/create-renderer.ts';
import { startService } from '../src/service.ts';

/** Set by people without a browser. Anywhere else its absence is a failure, not a reason to skip. */
const withoutBrowser = process.env['SKIP_BROWSER'] === '1';
if (withoutBrowser) process.stderr.write('SKIP_BROWSER=1: pages are not rendered\n');

const command = resolve(import.meta.dirname, '../../../tools/start/add.mjs');

/** A site whose pages are empty until their scripts have run, beside a server that is not public. */
const app = (script: string) =>
  `<!doctype html><title>App</title><div id="root"></div><script>${script}</script>`;
const fillRoot = `
  const text = await (await fetch('/text')).text();
  root.innerHTML = '<main><h1>Guide</h1><p>' + text + '</p><a href="/next">Next</a></main>';`;

describe.skipIf(withoutBrowser)('with Chromium', { timeout: 60_000 }, () => {
  const stack = new AsyncDisposableStack();
  let engine: Engine;
  let site: TestServer;
  let inside: TestServer;
  let renderer: Renderer;
  beforeAll(async () => {
    await promisify(execFile)(process.execPath, [command, 'chromium']);
    inside = stack.use(
      await startTestServer((_, answer) =>
        answer.setHeader('access-control-allow-origin', '*').end('secret'),
      ),
    );
    const pages: Record<string, string> = {
      '/app': app(`(async () => {${fillRoot}})()`),
      '/text': 'Hold the bell for nine seconds to reset it.',
      '/leaves': app(`location.href = '${inside.origin.replace('127.0.0.1', 'localhost')}/'`),
      '/spy': app(`(async () => {
        for (const host of ['127.0.0.1', 'localhost', '[::1]', '2130706433'])
          for (const mode of ['cors', 'no-cors'])
            await fetch('http://' + host + ':${inside.port}/fetched', { mode }).catch(() => {});
        const frame = document.createElement('iframe');
        frame.src = '${inside.origin}/framed';
        document.body.append(frame);
        await new Promise((done) => { frame.onload = done; });
        new WebSocket('ws://127.0.0.1:${inside.port}/socket').onerror = async () => {${fillRoot}};
      })()`),
      '/busy': app('for (;;);'),
    };
    site = stack.use(
      await startTestServer(({ url = '' }, answer) => {
        const body = pages[url];
        answer.writeHead(body === undefined ? 404 : 200, {
          'content-type': 'text/html',
          etag: '"always the same"',
        });
        answer.end(body);
      }),
    );
    renderer = stack.use(createRenderer({ allow: [site.host], userAgent: 'test/1' }));
    engine = stack.use(await startEngine());
    const { bus, log, projection, parts } = engine;
    stack.use(
      untilDisposed((signal) =>
        conduct({ bus, log, projection, tasks, logger: parts.logger }, signal),
      ),
    );
    stack.use(untilDisposed((signal) => admit({ bus, log, tasks, logger: parts.logger }, signal)));
    stack.use(
      runPool(parts, {
        category: 'embedding',
        tasks,
        slots: 3,
        handlers: withRest('embedding', {
          'embed-chunks': async () => ({ embedded: 0, embedder: 'none' }),
        }),
      }),
    );
    stack.use(
      await startService(
        readConfig({
          ...engine.env,
          SLIPSTREAM_SCRAPE_ALLOW: site.host,
        }),
      ),
    );
  }, 600_000);
  afterAll(() => stack.disposeAsync());

  const scrape = (path: string, more: Partial<PayloadOf<Tasks['scrape-page']>> = {}) =>
    engine.completed('scrape-page', { url: `${site.origin}${path}`, brand: 'App', ...more });

  test('a page that its scripts make is indexed with their text, and the second time unchanged', async () => {
    const first = await scrape('/app');
    expect(first).toMatchObject({
      state: 'succeeded',
      result: { outcome: 'indexed', timings: { renderMs: expect.any(Number) } },
    });
    await engine.projection.barrier();
    await using store = await openKnowledgeStore({ uri: join(engine.dir, 'knowledge') });
    const indexed = () => store.listDocuments({ brand: 'App' });
    await expect.poll(indexed, { timeout: 20_000 }).toMatchObject([{ url: `${site.origin}/app` }]);
    expect(await scrape('/app')).toMatchObject({ result: { outcome: 'unchanged' } });
  });

  test('with `never` no script runs; with `always` they run also where there is text', async () => {
    const never = await scrape('/app', { brand: 'Never', render: 'never' });
    expect(never.result).not.toHaveProperty('timings.renderMs');
    const always = await scrape('/text', { brand: 'Always', render: 'always' });
    expect(always.result).toHaveProperty('timings.renderMs');
  });

  test('the scripts of a page reach nothing that is not public', async () => {
    const html = await renderer.render(`${site.origin}/spy`, new AbortController().signal);
    expect(html).toContain('Hold the bell');
    expect(inside.connections()).toBe(0);
  });

  test('a page whose scripts lead elsewhere is refused', async () => {
    const leaving = renderer.render(`${site.origin}/leaves`, new AbortController().signal);
    await expect(leaving).rejects.toMatchObject({
      code: expect.stringMatching(/fetch-failed|redirect-refused/),
    });
    expect(inside.connections()).toBe(0);
  });

  test('a page that never ends is left when its task is cancelled, and the next one is shown', async () => {
    const cancel = new AbortController();
    const busy = renderer.render(`${site.origin}/busy`, cancel.signal);
    await expect.poll(() => site.seen, { timeout: 20_000 }).toContain('/busy');
    cancel.abort(new Error('cancelled'));
    await expect(busy).rejects.toThrow('cancelled');
    const shown = await renderer.render(`${site.origin}/app`, new AbortController().signal);
    expect(shown).toContain('Hold the bell');
  });

  test('a browser that does not start is left alone after five pages', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'accelerators-'));
    await mkdir(join(folder.path, 'chromium'));
    const added = join(acceleratorsFolder, 'chromium/node_modules');
    await symlink(added, join(folder.path, 'chromium/node_modules'));
    await symlink('/bin/false', join(folder.path, 'chromium/chromium'));
    const breaker = new BreakerRegistry().breakerFor('browser', 'broken');
    await using broken = createRenderer({
      allow: [site.host],
      userAgent: 'test/1',
      accelerators: folder.path,
      breaker,
    });
    const show = () => broken.render(`${site.origin}/app`, new AbortController().signal);
    for (let i = 0; i < 5; i++)
      await expect(show()).rejects.toThrow(/^\S+false does not start: exitCode=1/);
    await expect(show()).rejects.toThrow(BreakerOpenError);
    expect(breaker.state()).toMatchObject({ dependency: 'browser', state: 'open' });
  });
});
