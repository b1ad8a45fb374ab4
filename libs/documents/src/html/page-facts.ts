import { normalizeUrl } from '../url/normalize-url.ts';
import { descendants, type Element, type Node, textOf } from './dom.ts';

export interface PageFacts {
  /** What links are relative to: `<base href>`, or the URL of the page. */
  readonly base: string;
  /** From `<title>` or Open Graph, without the name of the site. May be empty. */
  readonly title: string;
  /** BCP 47 tag as the page has it. */
  readonly language?: string;
  readonly canonical?: string;
  readonly noindex: boolean;
  readonly links: string[];
  /** Links that the page asks not to follow. */
  readonly nofollow: string[];
}

/** What a page says about itself, and where it leads: read before anything is taken out of it. */
export function pageFacts(root: Node, url: string): PageFacts {
  const meta = new Map<string, string>();
  const hrefs: string[] = [];
  const nofollowHrefs: string[] = [];
  let title = '';
  let language = '';
  let baseHref = '';
  let canonicalHref = '';
  for (const element of descendants(root)) {
    const { attribs } = element;
    const href = attribs.href?.trim() ?? '';
    switch (element.name) {
      case 'a':
      case 'area':
        if (href === '' || attribs.download !== undefined) break;
        (/\bnofollow\b/i.test(attribs.rel ?? '') ? nofollowHrefs : hrefs).push(href);
        break;
      case 'meta':
        noteMeta(meta, attribs);
        break;
      case 'title':
        // A drawing has titles too.
        if (title === '' && !isDrawing(element)) title = clean(textOf(element));
        break;
      case 'html':
        language = attribs.lang?.trim() ?? '';
        break;
      case 'base':
        baseHref ||= href;
        break;
      case 'link':
        if (/(?:^|\s)canonical(?:\s|$)/i.test(attribs.rel ?? '')) canonicalHref ||= href;
    }
  }
  const base = (baseHref && URL.parse(baseHref, url)?.href) || url;
  const canonical = canonicalHref ? normalizeUrl(canonicalHref, base) : undefined;
  const robots = meta.get('robots') ?? '';
  return {
    base,
    title: withoutSite(meta.get('og:title') || title, meta.get('og:site_name') ?? ''),
    ...(language && { language }),
    ...(canonical && { canonical }),
    noindex: /\b(?:noindex|none)\b/i.test(robots),
    ...linksOf(hrefs, nofollowHrefs, base, /\b(?:nofollow|none)\b/i.test(robots)),
  };
}

/** A link that is there with and without `nofollow` is followed. */
function linksOf(hrefs: string[], nofollowHrefs: string[], base: string, none: boolean) {
  const links = absoluteLinks(hrefs, base);
  const nofollow = absoluteLinks(nofollowHrefs, base);
  if (none) return { links: [], nofollow: [...new Set([...links, ...nofollow])] };
  const followed = new Set(links);
  return { links, nofollow: nofollow.filter((url) => !followed.has(url)) };
}

function noteMeta(
  meta: Map<string, string>,
  { name, property, content }: Element['attribs'],
): void {
  const key = (name ?? property ?? '').toLowerCase();
  const before = meta.get(key);
  if (key === '' || content === undefined) return;
  // Several robots elements add up; of anything else the first counts.
  if (before === undefined || key === 'robots')
    meta.set(key, `${before ?? ''} ${clean(content)}`.trim());
}

function isDrawing(title: Element): boolean {
  return title.parent !== null && 'name' in title.parent && title.parent.name !== 'head';
}

function absoluteLinks(hrefs: readonly string[], base: string): string[] {
  const links = new Set<string>();
  for (const href of hrefs) {
    const url = URL.parse(href, base);
    if (url === null || !/^https?:$/.test(url.protocol)) continue;
    url.hash = '';
    links.add(url.href);
  }
  return [...links];
}

/** The name of the site stands before or behind the title of the page, if the page says what it is. */
function withoutSite(title: string, site: string): string {
  const parts = title.split(/\s+[|·•–—»:-]\s+/).filter((part) => part !== site);
  return site !== '' && parts.length === 1 ? (parts[0] ?? title) : title;
}

function clean(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
