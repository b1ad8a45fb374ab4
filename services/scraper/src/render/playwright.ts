import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { acceleratorsFolder, findAccelerator } from '@slipstream/config';
import { RetryLaterError } from '@slipstream/contracts';

/** As much of playwright-core as is used; the package is no dependency, so its types are not here. */
interface Playwright {
  readonly chromium: { launch(options: object): Promise<Browser> };
}

export interface Browser {
  isConnected(): boolean;
  newContext(options: object): Promise<BrowserContext>;
  close(): Promise<void>;
}

export interface BrowserContext {
  route(urls: string, handler: (route: Route) => Promise<void>): Promise<void>;
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

interface Route {
  request(): { resourceType(): string };
  abort(): Promise<void>;
  continue(): Promise<void>;
}

interface Page {
  /** @param options `timeout` in ms */
  goto(url: string, options: { waitUntil: string; timeout: number }): Promise<unknown>;
  waitForLoadState(state: string, options: { timeout: number }): Promise<void>;
  content(): Promise<string>;
  url(): string;
}

/** The two halves of `npm run add -- chromium`. */
export interface ChromiumFiles {
  /** The entry file of playwright-core. */
  readonly playwright: string;
  readonly executable: string;
}

/** What `npm run add -- chromium` has put there; undefined when it has not. */
export function findChromium(folder: string = acceleratorsFolder): ChromiumFiles | undefined {
  const playwright = findAccelerator('chromium', 'playwright-core', folder);
  const link = join(folder, 'chromium', 'chromium');
  if (playwright === undefined || !existsSync(link)) return undefined;
  return { playwright, executable: realpathSync(link) };
}

/**
 * Starts Chromium, which sends everything through the proxy: also what it would send to this machine
 * itself, and it resolves no names of its own. Pages of strangers run in Chromium's sandbox, which
 * it has for every user but root.
 */
export async function launchChromium(
  { playwright, executable }: ChromiumFiles,
  proxyUrl: string,
): Promise<Browser> {
  const { chromium } = createRequire(playwright)(playwright) as Playwright;
  const launch = chromium.launch({
    executablePath: executable,
    chromiumSandbox: process.getuid?.() !== 0,
    proxy: { server: proxyUrl, bypass: '<-loopback>' },
    args: [
      '--disable-quic',
      '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
      '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
    ],
    // The service drains its pools first and closes the browser then.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  return launch.catch((cause: Error) => {
    // The message is the log of the start, with all options; what Chromium said is in there.
    const said = /\[err\] (.*)/.exec(cause.message)?.[1];
    const exit = /exitCode=\S+/.exec(cause.message)?.[0];
    throw new RetryLaterError(
      `${executable} does not start: ${said ?? exit ?? cause.message.split('\n', 1)[0]}`,
      { code: 'browser-failed', cause },
    );
  });
}
