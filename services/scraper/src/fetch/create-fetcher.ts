import { createGuardedAgent, type Resolve } from '@slipstream/documents/guarded-agent';
import { checkUrl, parseAllowList } from '@slipstream/documents/net-guard';
import { SpanKind, withSpan } from '@slipstream/telemetry';
import { createHostGate } from './create-host-gate.ts';
import { failureOf } from './failure-of.ts';
import { defaultFetchLimits, type FetchLimits } from './fetch-limits.ts';
import type { Accept, Denied, FetchResult, Previous } from './fetch-result.ts';
import type { HostLedger } from './host-ledger.ts';
import { acceptHeaders } from './media-type.ts';
import { discard, readAnswer, redirectTarget } from './read-answer.ts';

/** A longer Crawl-delay counts as this. */
const MAX_DELAY_MS = 30_000;

export interface FetcherOptions {
  /** Entries as `parseAllowList` reads them: what may be fetched although it is not public. */
  readonly allow: readonly string[];
  readonly userAgent: string;
  /**
   * Between the starts of two requests to one host, ms; hosts on the allow list wait only for what
   * their robots.txt and `Retry-After` ask for.
   */
  readonly delayMs: number;
  /** Who else asks the same hosts. Default: nobody. */
  readonly ledger?: HostLedger;
  readonly limits?: Partial<FetchLimits>;
  /** Default: the system's resolver. */
  readonly resolve?: Resolve;
}

export interface FetchOptions {
  readonly accept: Accept;
  readonly signal: AbortSignal;
  /** What an earlier answer said of itself; the server may then say that nothing has changed. */
  readonly previous?: Previous;
  /** What the host's robots.txt asks for. More than 30 s counts as 30 s. */
  readonly crawlDelayS?: number;
  /** Bytes so far (decompressed), and altogether if the server said so and did not compress. */
  readonly onProgress?: (done: number, total?: number) => void;
  /** Gets the parts of the body as they come in, and the content type; false: that was enough. */
  readonly take?: (part: Uint8Array, contentType: string) => boolean;
  /** Asked before a redirect is followed: is it in scope, does robots.txt allow it? */
  readonly mayFollow?: (url: string) => boolean | Promise<boolean>;
}

export interface Fetcher extends AsyncDisposable {
  /**
   * Fetches a URL, following redirects; waits for its turn at every host on the way. Whatever a
   * server can do is in the result.
   *
   * @throws the reason of the signal, and nothing else
   */
  fetch(url: string, options: FetchOptions): Promise<FetchResult>;
}

/** Fetches public http and https URLs, politely and within limits, and never anything inside. */
export function createFetcher({ userAgent, delayMs, ...options }: FetcherOptions): Fetcher {
  const limits = { ...defaultFetchLimits, ...options.limits };
  const allow = parseAllowList(options.allow);
  const agent = createGuardedAgent({ allow, limits, resolve: options.resolve });
  const gate = createHostGate(options.ledger && { ledger: options.ledger });

  async function follow(first: string, call: FetchOptions): Promise<FetchResult> {
    let url = first;
    for (let hops = 0; hops <= limits.maxRedirects; hops++) {
      const verdict = checkUrl(url, allow);
      if (!verdict.ok) return denied(url, verdict.why, verdict.message);
      if (hops > 0 && call.mayFollow && !(await call.mayFollow(url)))
        return denied(url, 'redirect-refused', `is where ${first} redirects to`);
      const turn = await gate.turn(verdict.url.host, {
        delayMs: delayFor(verdict.listed, call),
        maxWaitMs: limits.maxWaitMs,
        signal: call.signal,
      });
      if (!turn.ready) return busy(url, turn.afterMs);
      const response = await askTwice(verdict.url, call);
      const target = redirectTarget(response, url);
      if (target === undefined) {
        const result = await readAnswer(response, url, call, limits);
        if (result.outcome === 'retry' && result.afterMs !== undefined)
          await gate.holdOff(verdict.url.host, result.afterMs);
        return result;
      }
      await discard(response, limits.bodyMs);
      url = target;
    }
    return denied(url, 'too-many-redirects', `redirects more than ${limits.maxRedirects} times`);
  }

  const delayFor = (listed: boolean, { crawlDelayS = 0 }: FetchOptions): number =>
    Math.min(Math.max(listed ? 0 : delayMs, crawlDelayS * 1_000), MAX_DELAY_MS);

  /** A kept connection can be closed by the server in the moment in which it is used again. */
  const askTwice = (url: URL, call: FetchOptions) =>
    ask(url, call).catch((error: unknown) => {
      if (isHangUp(error)) return ask(url, call);
      throw error;
    });

  const ask = (url: URL, { accept, previous = {}, signal }: FetchOptions) =>
    agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'GET',
      headers: {
        'user-agent': userAgent,
        accept: acceptHeaders[accept],
        'accept-encoding': 'gzip, br',
        ...(previous.etag !== undefined && { 'if-none-match': previous.etag }),
        ...(previous.lastModified !== undefined && { 'if-modified-since': previous.lastModified }),
      },
      headersTimeout: limits.headersMs,
      bodyTimeout: limits.largeBodyMs,
      signal,
    });

  return {
    fetch: (url, call) =>
      withSpan(
        'GET',
        { kind: SpanKind.CLIENT, attributes: { 'http.request.method': 'GET', 'url.full': url } },
        async (span) => {
          call.signal.throwIfAborted();
          const result = await follow(url, call).catch((error: unknown) => {
            call.signal.throwIfAborted();
            return failureOf(error, url);
          });
          span.setAttribute('slip.fetch.outcome', result.outcome);
          return result;
        },
      ),
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

function isHangUp(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}

function denied(url: string, why: Denied['why'], message: string): Denied {
  return { outcome: 'denied', url, why, message };
}

function busy(url: string, afterMs: number): FetchResult {
  return { outcome: 'retry', url, why: 'host-busy', message: 'is of a host that is busy', afterMs };
}
