import { MANUAL_BRAND, readQuestions } from '@slipstream/manual';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { docker, prepareEngine, withoutContainers } from './container-engine.ts';

const MINUTE_MS = 60_000;
const SITE = 'http://manual:8081';
const questions = await readQuestions();

interface Crawl {
  readonly id: string;
  readonly state: string;
}

interface Answer {
  readonly outcome: string;
  readonly citations: readonly { readonly url: string }[];
}

/** A project of its own with its own image, free ports, and nobody's .env. */
const compose = (...args: string[]): Promise<string> =>
  docker(['compose', '--project-name', 'slipstream-test', '--env-file', '/dev/null', ...args], {
    SLIPSTREAM_IMAGE: 'slipstream:test',
    SLIPSTREAM_PORT: '0',
    SLIPSTREAM_NATS_PORT: '0',
  });

describe.skipIf(withoutContainers)('the system of docker-compose.yml', () => {
  let gateway: string;
  const cleanup = new AsyncDisposableStack();

  beforeAll(async () => {
    await prepareEngine();
    cleanup.defer(async () => void (await compose('down', '--volumes')));
    await compose('down', '--volumes');
    await compose('build');
    await compose('up', '--wait', '--wait-timeout', '240').catch(explain);
    gateway = `http://${await compose('port', 'gateway', '8080')}`;
  }, 20 * MINUTE_MS);

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') process.stderr.write(await compose('logs', '--tail', '30'));
  });

  afterAll(() => cleanup.disposeAsync(), 2 * MINUTE_MS);

  test('the sample site is crawled and indexed', { timeout: 3 * MINUTE_MS }, async () => {
    const scrape = { url: `${SITE}/`, brand: MANUAL_BRAND, mode: 'site' };
    let crawl = await call<Crawl>('/v1/scrapes', scrape);
    while (!['succeeded', 'failed'].includes(crawl.state)) {
      crawl = await call<Crawl>(`/v1/tasks/${crawl.id}?waitMs=60000`);
    }
    expect(crawl).toMatchObject({ state: 'succeeded', children: { failed: 0 } });
  });

  test('a question of the manual is answered from the page that has the answer', async () => {
    const { outcome, citations } = await ask('q008');
    expect(outcome).toBe('answered');
    const { url } = questions.find(({ id }) => id === 'q008') ?? {};
    expect(citations.map((citation) => citation.url)).toContain(`${SITE}${url}`);
  });

  test('a question of another world is refused', async () => {
    const answer = await ask('How do I prune an apple tree?');
    expect(answer).toMatchObject({ outcome: 'no-answer', answer: null, citations: [] });
  });

  test('a service is not root, and writes to its data and to /tmp alone', async () => {
    const script = 'id -u && touch /data/x /tmp/x && rm /data/x && ! touch /app/x 2>/dev/null';
    expect(await compose('exec', '--no-TTY', 'rag', 'sh', '-c', script)).toBe('1000');
  });

  test('a service that crashes is started again', { timeout: 2 * MINUTE_MS }, async () => {
    const container = await compose('ps', '--quiet', 'rag');
    // Everything but the container's init; a kill by Docker would count as the will of a person.
    await compose('exec', '--no-TTY', 'rag', 'sh', '-c', '(sleep 0.2; kill -9 -1) &');
    await vi.waitFor(
      async () =>
        expect(await docker(['inspect', '--format', '{{.RestartCount}}', container])).toBe('1'),
      { timeout: 10_000, interval: 250 },
    );
    await compose('up', '--wait', '--no-recreate');
    expect(await ask('q013')).toMatchObject({ outcome: 'answered' });
  });

  /** Asks a question of the sample manual, by its id or in words. */
  async function ask(question: string): Promise<Answer> {
    const known = questions.find(({ id }) => id === question);
    return call('/v1/queries', { question: known?.question ?? question, brand: MANUAL_BRAND });
  }

  async function call<T>(path: string, body?: object): Promise<T> {
    const response = await fetch(`${gateway}${path}`, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      headers: body ? { 'content-type': 'application/json' } : {},
    });
    const text = await response.text();
    expect(response.ok, text).toBe(true);
    return JSON.parse(text) as T;
  }
});

/** What did not start tells why in its log. */
async function explain(cause: unknown): Promise<never> {
  throw new Error(await compose('logs', '--tail', '30'), { cause });
}
