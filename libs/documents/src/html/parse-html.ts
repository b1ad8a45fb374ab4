import { type CheerioAPI, load } from 'cheerio';

/** Half of what Blink builds (`kMaximumHTMLParserDOMTreeDepth`): the time grows with it. */
const MAX_DEPTH = 256;

const VOID = words('area base br col embed frame hr img input link meta param source track wbr');
/** Elements whose end tag may be left out, because the next of them ends them. */
const UNCLOSED = words('a dd dt li option p tbody td tfoot th thead tr');

const TAG = /<(\/?)([a-z][a-z0-9-]*)/gi;

/**
 * Parses a page in time that grows with its length only.
 *
 * A page that closes what it opens is the same for every parser, and htmlparser2 needs a third of
 * the time (of 2,476 pages of six generators two came out differently: templates with text between
 * the rows of a table). The others are parsed as the standard says. There every start tag looks through all open elements, so that 500 kB of
 * `<div>` would take 46 s: what is nested below the limit loses its tags first.
 */
export function parseHtml(html: string): CheerioAPI {
  const { deepest, deepestOfAll, closed } = nesting(html);
  if (closed && deepestOfAll <= MAX_DEPTH) return load(html, { xml: { xmlMode: false } });
  return load(deepest <= MAX_DEPTH ? html : withoutDeepTags(html));
}

/** Counts tags wherever they stand, also in scripts, so that nothing can be hidden from the count. */
function nesting(html: string): { deepest: number; deepestOfAll: number; closed: boolean } {
  const open = new Map<string, number>();
  let [depth, deepest, depthOfAll, deepestOfAll] = [0, 0, 0, 0];
  for (const [, slash, written = ''] of html.matchAll(TAG)) {
    const name = written.toLowerCase();
    if (VOID.has(name)) continue;
    const step = slash ? -1 : 1;
    depthOfAll = Math.max(0, depthOfAll + step);
    deepestOfAll = Math.max(deepestOfAll, depthOfAll);
    if (UNCLOSED.has(name)) open.set(name, (open.get(name) ?? 0) + step);
    else {
      depth = Math.max(0, depth + step);
      deepest = Math.max(deepest, depth);
    }
  }
  return { deepest, deepestOfAll, closed: [...open.values()].every((count) => count === 0) };
}

/** Turns tags below the limit, and the end tags that belong to them, into comments. */
function withoutDeepTags(html: string): string {
  let depth = 0;
  return html.replace(TAG, (tag, slash: string, written: string) => {
    const name = written.toLowerCase();
    if (VOID.has(name) || UNCLOSED.has(name)) return tag;
    const level = slash ? depth : depth + 1;
    depth = Math.max(0, depth + (slash ? -1 : 1));
    return level > MAX_DEPTH ? `<!${tag.slice(1)}` : tag;
  });
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
