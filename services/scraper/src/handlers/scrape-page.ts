import { brandToken, type PageState, sourceOf } from '@slipstream/contracts';
import { chunkDocument, docIdOf, normalizeUrl, textHash } from '@slipstream/documents';
import { putBlob } from '@slipstream/jetstream';
import type { HandlerOf } from '@slipstream/worker';
import { ended } from '../fetch/ended.ts';
import type { FetchedPage } from '../fetch/index.ts';
import { documentTypeOf } from '../pages/document-type.ts';
import { type ExtractedPage, extractPage, readHtml } from '../pages/extract-page.ts';
import { handOn, takeOut } from '../pages/hand-on.ts';
import { createStages } from '../pages/stages.ts';
import { noBrowser } from '../render/create-renderer.ts';
import { type Found, followLinks, pagesOf, whyNot } from '../site/follow-links.ts';
import { isUnchanged } from '../site/lastmod.ts';
import { createLinkMemory } from '../site/link-memory.ts';
import type { Left } from '../site/reasons.ts';
import { ROBOTS_AGENT } from '../site/robots-agent.ts';
import type { ScraperParts } from './index.ts';

/** What a crawl meets on its way and leaves alone; asked for by itself it is an error. */
const notOurs: ReadonlySet<string> = new Set(['redirect-refused', 'content-type']);

/** A page with less text than this has its text elsewhere. */
const THIN_CHARS = 200;

type Links = Left & { followed: number };
const nowhere: Found = { links: [], nofollow: [] };
const noLinks: Links = { followed: 0, skipped: {}, examples: {} };

/** Fetches a page if it changed, follows its links, and hands its chunks on. */
export function createScrapePage(parts: ScraperParts): HandlerOf<'scrape-page'> {
  const { bus, fetcher, renderer, robots, memory } = parts;
  const linkMemory = createLinkMemory();

  return async (payload, context) => {
    const { brand, url, site, selectors } = payload;
    const { signal } = context;
    const { stage, timings } = createStages();
    const docId = docIdOf(url);
    const always = payload.render === 'always';
    if (always && !renderer.available) throw noBrowser();
    const rules = await robots.of(url, signal);
    if (!rules.allowed(url, ROBOTS_AGENT)) return skipped('robots');

    const before = await memory.get(brand, docId);
    const chosenBy = selectors && JSON.stringify(selectors);
    const depth = site?.depth ?? before?.depth;
    // Of a page that is read in another way now, nothing that was read counts. Files have no links, and no selectors.
    const readAlike = before?.links === undefined || before.selectors === chosenBy;
    const previous = always || !readAlike ? undefined : before;
    if (
      previous &&
      !previous.gone &&
      isUnchanged(payload.lastmod, previous.fetchedAt, Date.now())
    ) {
      return unchanged(previous);
    }
    const crawlDelayS = rules.crawlDelayS(ROBOTS_AGENT);
    const answer = await stage('fetch', () =>
      fetcher.fetch(url, {
        accept: 'page',
        signal,
        ...(previous && { previous }),
        ...(crawlDelayS !== undefined && { crawlDelayS }),
        ...(site && { mayFollow }),
      }),
    );
    const fetchedAt = new Date().toISOString();
    if (answer.outcome === 'unchanged' && previous) {
      const met = { ...(depth !== undefined && { depth }) };
      await memory.put(brand, docId, { ...seen(previous), fetchedAt, ...met });
      return unchanged(previous);
    }
    if (answer.outcome === 'denied' && site && notOurs.has(answer.why)) return skipped(answer.why);
    if (answer.outcome === 'gone' && before) return gone(before, ended(url, answer));
    if (answer.outcome !== 'ok') throw ended(url, answer);
    if (site && normalizeUrl(answer.url) !== url) {
      return leave('redirect', nowhere, answer.url);
    }

    const type = documentTypeOf(answer.bytes, answer.contentType, answer.url);
    if (type === 'pdf') return passToIngestion(answer);
    const plain = await stage('extract', () => extractPage(answer, type, selectors));
    const rendered = type === 'html' && (always || shouldRender(plain, answer));
    const page = rendered ? await render(answer.url) : plain;
    const original = originalOf(page.canonical);
    if (page.noindex) return leave('noindex', page, original);
    if (original !== undefined) return leave('copy', page, original);

    const state: PageState = {
      url: answer.url,
      textHash: textHash(`${page.title}\n${page.markdown}`),
      fetchedAt,
      links: page.links.slice(0, 500),
      ...(depth !== undefined && { depth }),
      ...(chosenBy !== undefined && { selectors: chosenBy }),
      // What a server says of the frame of a page says nothing of what its scripts put into it.
      ...(answer.etag !== undefined && !rendered && { etag: answer.etag }),
      ...(answer.lastModified !== undefined && !rendered && { lastModified: answer.lastModified }),
    };
    if (before?.textHash === state.textHash) {
      await memory.put(brand, docId, state);
      return { ...outcome('unchanged'), links: await follow(page) };
    }
    const content = { markdown: page.markdown };
    const chunks = await stage('chunk', () =>
      chunkDocument({
        docId,
        brand,
        source: sourceOf(url),
        url: answer.url,
        title: page.title,
        fetchedAt,
        ...content,
      }),
    );
    const [links] = await stage('handOn', () =>
      Promise.all([
        follow(page),
        handOn(bus, context, { brand, docId, url: answer.url, chunks, content, page: state }),
      ]),
    );
    return { ...outcome('indexed'), chunks: chunks.length, links };

    /** Without being told to, only what is almost empty and has scripts that might fill it. */
    function shouldRender({ markdown }: ExtractedPage, { bytes }: FetchedPage): boolean {
      if (payload.render === 'never' || !renderer.available) return false;
      return markdown.trim().length < THIN_CHARS && Buffer.from(bytes).includes('<script');
    }

    async function render(shownUrl: string): Promise<ExtractedPage> {
      const html = await stage('render', () => renderer.render(shownUrl, signal));
      return readHtml(html, shownUrl, selectors);
    }

    /** A redirect of a crawl stays within its site and its robots.txt. */
    function mayFollow(target: string): boolean {
      const to = normalizeUrl(target);
      return site !== undefined && to !== undefined && whyNot(to, site, rules) === undefined;
    }

    /** The page of this crawl of which this one says that it is a copy. */
    function originalOf(canonical: string | undefined): string | undefined {
      const original = canonical === undefined ? url : normalizeUrl(canonical);
      return original !== undefined && original !== url && mayFollow(original)
        ? original
        : undefined;
    }

    function outcome(is: 'indexed' | 'unchanged' | 'skipped' | 'removed') {
      return { url, outcome: is, chunks: 0, links: noLinks, timings };
    }

    function skipped(reason: string) {
      return { ...outcome('skipped'), reason };
    }

    /** What was remembered, without the note that it was gone: it is there. */
    function seen({ gone: _, ...state }: PageState): PageState {
      return state;
    }

    async function unchanged(state: PageState) {
      const links = await follow({ links: state.links ?? [], nofollow: [] });
      return { ...outcome('unchanged'), links };
    }

    /** A page that is no longer one of ours: what was indexed of it goes at once. */
    async function leave(reason: string, to: Found, instead?: string) {
      const [links] = await Promise.all([
        follow(to, instead),
        before && takeOut(context, { brand, docId, url }),
      ]);
      return { ...skipped(reason), links };
    }

    /**
     * A missing page may be a mistake of a day, so the first time is only noted. A task that is
     * run again after a crash is the same time.
     */
    async function gone(state: PageState, error: Error) {
      const seenBy = `${context.id}.${context.fence.run}`;
      if (state.gone === undefined || state.gone.seenBy === seenBy) {
        await memory.put(brand, docId, { ...state, gone: { at: fetchedAt, seenBy } });
        throw error;
      }
      await takeOut(context, { brand, docId, url });
      return { ...outcome('removed'), reason: 'gone' };
    }

    /** @param instead the page that takes the place of this one, as near to the start as it is */
    async function follow(to: Found, instead?: string): Promise<Links> {
      if (!site || context.parentId === undefined) return noLinks;
      const { urls, reasons } = followLinks(to, site, rules);
      const fresh = linkMemory.fresh(context.parentId, urls);
      const pages = pagesOf(fresh, payload, site);
      const original = instead === undefined ? undefined : normalizeUrl(instead);
      if (original !== undefined)
        pages.push(...pagesOf([original], payload, { ...site, depth: site.depth - 1 }));
      await context.addSiblings(pages);
      linkMemory.remember(context.parentId, fresh);
      return { followed: urls.length, ...reasons.all };
    }

    /** A PDF is read in the pool ingestion, from the very bytes that were fetched. */
    async function passToIngestion(fetched: FetchedPage) {
      const file = await putBlob(bus, brandToken(brand), fetched.bytes);
      const { contentType, etag, lastModified } = fetched;
      const validators = { ...(etag && { etag }), ...(lastModified && { lastModified }) };
      const document = { brand, url, file, contentType, validators };
      await context.addChildren([{ key: 'ingest', kind: 'ingest-document', payload: document }]);
      return outcome('indexed');
    }
  };
}
