import robotsParser from 'robots-parser';
import { tidyEscapes } from '../url/normalize-url.ts';

// The package is CommonJS and exports the function itself; its types promise a `default` in it.
const parse = robotsParser as unknown as typeof robotsParser.default;

export interface Robots {
  /** Whether the agent may fetch a URL. False for a URL of another origin: it has its own rules. */
  allowed(url: string, agent: string): boolean;
  /** Seconds between two requests, if the site asks for it. */
  crawlDelayS(agent: string): number | undefined;
  /** Absolute URLs of sitemaps; they may lie on other hosts. */
  readonly sitemaps: readonly string[];
}

/** RFC 9309, 2.5: at least 500 KiB are read. What comes after is ignored. */
export const maxRobotsChars = 512_000;

/**
 * Reads a robots.txt. Of an agent such as `SlipstreamBot/1.0 (+https://...)` the name counts.
 *
 * @param url where it was found; its rules hold for this origin
 */
export function parseRobots(text: string, url: string): Robots {
  const cut = text.length <= maxRobotsChars ? text : wholeLines(text.slice(0, maxRobotsChars));
  // Paths are compared without escapes that are not needed; the parser compares them as they are.
  const rules = parse(url, tidyEscapes(cut.replace(/^\uFEFF/, '')));
  return {
    allowed: (page, agent) => rules.isAllowed(tidyEscapes(page), productToken(agent)) ?? false,
    crawlDelayS(agent) {
      const delayS = rules.getCrawlDelay(productToken(agent));
      return delayS !== undefined && Number.isFinite(delayS) && delayS > 0 ? delayS : undefined;
    },
    sitemaps: rules.getSitemaps().flatMap((sitemap) => {
      const found = URL.parse(sitemap, url);
      return found !== null && /^https?:$/.test(found.protocol) ? [found.href] : [];
    }),
  };
}

function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

/** RFC 9309, 2.2.1: letters, `_` and `-`. */
function productToken(agent: string): string {
  return /^[\w-]+/.exec(agent.trim())?.[0] ?? '*';
}
