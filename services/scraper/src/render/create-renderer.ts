import { addAbortListener } from 'node:events';
import { RetryLaterError, TerminalError } from '@slipstream/contracts';
import { parseAllowList } from '@slipstream/documents/net-guard';
import { type Breaker, breakers } from '@slipstream/resilience';
import { defaultFetchLimits } from '../fetch/fetch-limits.ts';
import { type GuardedProxy, startGuardedProxy } from './guarded-proxy.ts';
import { type Browser, type BrowserContext, findChromium, launchChromium } from './playwright.ts';

export interface RendererOptions {
  /** As for the fetcher: what may be reached although it is not public. */
  readonly allow: readonly string[];
  readonly userAgent: string;
  /** Default: where `npm run add` puts accelerators. */
  readonly accelerators?: string | undefined;
  /** Default: the breaker `browser` of this process. */
  readonly breaker?: Breaker;
}

export interface Renderer extends AsyncDisposable {
  /** Whether there is a browser; it may still fail to start. */
  readonly available: boolean;
  /**
   * The HTML of a page after its scripts have run.
   *
   * @throws TerminalError without a browser, when the page leaves its origin or is too large;
   * RetryLaterError when the page does not load; whatever is wrong with the browser.
   */
  render(url: string, signal: AbortSignal): Promise<string>;
}

/** Pages at the same time: each takes some 100 MB and most of a core. */
const TABS = 2;
/** A browser grows with every page that it has shown. */
const PAGES_OF_A_BROWSER = 100;
const LOAD_MS = 15_000;
/** Scripts that ask for more and more are cut off here, and the page is read as it is. */
const IDLE_MS = 5_000;

/** Neither text nor what makes text. */
const unneeded: ReadonlySet<string> = new Set(['image', 'media', 'font']);

interface Session {
  readonly browser: Browser;
  pages: number;
  busy: number;
}

/** Runs pages in Chromium, which starts with the first of them and is replaced every hundred. */
export function createRenderer(options: RendererOptions): Renderer {
  const files = findChromium(options.accelerators);
  const breaker = options.breaker ?? breakers.breakerFor('browser', 'chromium');
  const allow = parseAllowList(options.allow);
  const tabs: Promise<unknown>[] = Array.from({ length: TABS }, () => Promise.resolve());
  let turn = 0;
  let proxy: Promise<GuardedProxy> | undefined;
  let current: Promise<Session> | undefined;

  async function launch(): Promise<Session> {
    if (!files) throw noBrowser();
    proxy ??= startGuardedProxy({ allow, maxBytes: defaultFetchLimits.maxLargeBytes });
    return { browser: await launchChromium(files, (await proxy).url), pages: 0, busy: 0 };
  }

  /** Lends the browser for one page. One that has crashed, or has shown enough, is replaced. */
  async function withBrowser<T>(use: (browser: Browser) => Promise<T>): Promise<T> {
    const before = current;
    const known = await before?.catch(() => undefined);
    if (current === before && !known?.browser.isConnected()) current = undefined;
    current ??= launch();
    const session = await current;
    session.pages += 1;
    session.busy += 1;
    if (session.pages >= PAGES_OF_A_BROWSER) current = undefined;
    try {
      return await use(session.browser);
    } finally {
      session.busy -= 1;
      if (session.busy === 0 && session.pages >= PAGES_OF_A_BROWSER) await session.browser.close();
    }
  }

  const show = (url: string, signal: AbortSignal) =>
    withBrowser(async (browser) => {
      const context = await browser.newContext({
        userAgent: options.userAgent,
        serviceWorkers: 'block',
        acceptDownloads: false,
      });
      try {
        using _ = addAbortListener(signal, () => void context.close());
        signal.throwIfAborted();
        return await read(context, url);
      } finally {
        await context.close();
      }
    });

  async function render(url: string, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const page = await breaker.run((inTime) => show(url, inTime), { signal });
    if ('error' in page) throw page.error;
    return page.html;
  }

  return {
    available: files !== undefined,
    render(url, signal) {
      const place = turn++ % TABS;
      const done = (tabs[place] ?? Promise.resolve()).then(() => render(url, signal));
      // The next page waits for this one, whatever became of it.
      tabs[place] = done.catch(() => undefined);
      return done;
    },
    async [Symbol.asyncDispose]() {
      // A browser that did not start has failed its page.
      const session = await current?.catch(() => undefined);
      await session?.browser.close();
      await (await proxy)?.[Symbol.asyncDispose]();
    },
  };
}

type Shown = { readonly html: string } | { readonly error: Error };

/** What is wrong with a page is a result: it says nothing against the browser. */
async function read(context: BrowserContext, url: string): Promise<Shown> {
  await context.route('**/*', (route) =>
    unneeded.has(route.request().resourceType()) ? route.abort() : route.continue(),
  );
  const page = await context.newPage();
  try {
    await page.goto(url, { waitUntil: 'load', timeout: LOAD_MS });
    await page.waitForLoadState('networkidle', { timeout: IDLE_MS }).catch(ignoreTimeout);
    return judge(url, page.url(), await page.content());
  } catch (cause) {
    if (!isOfPage(cause)) throw cause;
    const [reason] = cause.message.split('\n', 1);
    const message = `${url} does not load in a browser: ${reason}`;
    return { error: new RetryLaterError(message, { code: 'fetch-failed', cause }) };
  }
}

function judge(url: string, shownUrl: string, html: string): Shown {
  const refused = (why: string, code: string) => ({
    error: new TerminalError(`${url}: its scripts ${why}`, { code }),
  });
  if (new URL(shownUrl).origin !== new URL(url).origin)
    return refused(`lead to ${shownUrl}`, 'redirect-refused');
  if (html.length > defaultFetchLimits.maxPageBytes)
    return refused('make more than 5 MB of it', 'too-large');
  return { html };
}

/** Network, time limits and endless navigation are the page's; everything else is the browser's. */
function isOfPage(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error.name === 'TimeoutError' || /net::ERR_|navigat/.test(error.message);
}

/** A page that never rests is read as it is. */
function ignoreTimeout(error: unknown): void {
  if (!(error instanceof Error && error.name === 'TimeoutError')) throw error;
}

/** What a page is told that asks for a browser where there is none. */
export function noBrowser(): TerminalError {
  return new TerminalError(
    'there is no browser to run the scripts of the page. Add one: npm run add -- chromium; or leave `render` out',
    { code: 'render-unavailable' },
  );
}
