import { brandToken, type PageState, sourceOf } from '@slipstream/contracts';
import {
  chunkDocument,
  decodeText,
  docIdOf,
  htmlToDocument,
  markdownToDocument,
  normalizeUrl,
  textHash,
  textToDocument,
} from '@slipstream/documents';
import { putBlob } from '@slipstream/jetstream';
import type { HandlerOf } from '@slipstream/worker';
import { ended } from '../fetch/ended.ts';
import type { FetchedPage } from '../fetch/index.ts';
import { documentTypeOf } from '../pages/document-type.ts';
import { handOn } from '../pages/hand-on.ts';
import { createStages } from '../pages/stages.ts';
import { noBrowser } from '../render/create-renderer.ts';
import { followLinks, pagesOf } from '../site/follow-links.ts';
import { createLinkMemory } from '../site/link-memory.ts';
import { ROBOTS_AGENT } from '../site/robots-agent.ts';
import type { ScraperParts } from './index.ts';

/** What a crawl meets on its way and leaves alone; asked for by itself it is an error. */
const notOurs: ReadonlySet<string> = new Set(['redirect-refused', 'content-type']);

/** A page with less text than this has its text elsewhere. */
const THIN_CHARS = 200;

type Links = { followed: number; skipped: Record<string, number> };

/** Fetches a page if it changed, follows its links, and hands its chunks on. */
export function createScrapePage(parts: ScraperParts): HandlerOf<'scrape-page'> {
  const { bus, fetcher, renderer, robots, memory } = parts;
  const linkMemory = createLinkMemory();

  return async (payload, context) => {
    const { brand, url } = payload;
    const { signal } = context;
    const { stage, timings } = createStages();
    const docId = docIdOf(url);
    const always = payload.render === 'always';
    if (always && !renderer.available) throw noBrowser();
    const rules = await robots.of(url, signal);
    if (!rules.allowed(url, ROBOTS_AGENT)) return skipped('robots');

    const previous = await memory.get(brand, docId);
    const crawlDelayS = rules.crawlDelayS(ROBOTS_AGENT);
    const answer = await stage('fetch', () =>
      fetcher.fetch(url, {
        accept: 'page',
        signal,
        ...(previous && !always && { previous }),
        ...(crawlDelayS !== undefined && { crawlDelayS }),
        ...(payload.site && { mayFollow }),
      }),
    );
    if (answer.outcome === 'unchanged' && previous) return unchanged(previous);
    if (answer.outcome === 'denied' && payload.site && notOurs.has(answer.why)) {
      return skipped(answer.why);
    }
    if (answer.outcome !== 'ok') throw ended(url, answer);
    if (payload.site && normalizeUrl(answer.url) !== url) {
      return { ...skipped('redirect'), links: await follow([answer.url]) };
    }

    const type = documentTypeOf(answer.bytes, answer.contentType, answer.url);
    if (type === 'pdf') return passToIngestion(answer);
    const fetchedAt = new Date().toISOString();
    const plain = await stage('extract', () => extract(answer, type));
    const rendered = type === 'html' && (always || shouldRender(plain, answer));
    const page = rendered ? await render(answer.url) : plain;
    const found = [...page.links, ...(page.canonical ? [page.canonical] : [])];
    if (page.noindex || /\bnoindex\b/i.test(answer.robotsTag ?? '')) {
      return { ...skipped('noindex'), links: await follow(found) };
    }
    if (isCopy(page.canonical)) return { ...skipped('copy'), links: await follow(found) };

    const state: PageState = {
      url: answer.url,
      textHash: textHash(`${page.title}\n${page.markdown}`),
      fetchedAt,
      links: page.links.slice(0, 500),
      // What a server says of the frame of a page says nothing of what its scripts put into it.
      ...(answer.etag !== undefined && !rendered && { etag: answer.etag }),
      ...(answer.lastModified !== undefined && !rendered && { lastModified: answer.lastModified }),
    };
    if (previous?.textHash === state.textHash) {
      await memory.put(brand, docId, state);
      return { ...outcome('unchanged', page.title), links: await follow(found) };
    }
    const chunks = await stage('chunk', () =>
      chunkDocument({
        docId,
        brand,
        source: sourceOf(url),
        url: answer.url,
        title: page.title,
        fetchedAt,
        markdown: page.markdown,
      }),
    );
    const [links] = await stage('handOn', () =>
      Promise.all([
        follow(found),
        handOn(bus, context, { brand, docId, url: answer.url, chunks, page: state }),
      ]),
    );
    return { ...outcome('indexed', page.title), chunks: chunks.length, links };

    /** Without being told to, only what is almost empty and has scripts that might fill it. */
    function shouldRender({ markdown }: ExtractedPage, { bytes }: FetchedPage): boolean {
      if (payload.render === 'never' || !renderer.available) return false;
      return markdown.trim().length < THIN_CHARS && Buffer.from(bytes).includes('<script');
    }

    async function render(shownUrl: string): Promise<ExtractedPage> {
      const html = await stage('render', () => renderer.render(shownUrl, signal));
      return htmlToDocument(html, shownUrl);
    }

    /** A redirect of a crawl stays within its site and its robots.txt. */
    function mayFollow(target: string): boolean {
      const { site } = payload;
      return site !== undefined && followLinks([target], site, rules).urls.length === 1;
    }

    /** The page says that another page of the crawl is the original. */
    function isCopy(canonical: string | undefined): boolean {
      const original = canonical === undefined ? url : normalizeUrl(canonical);
      return original !== undefined && original !== url && mayFollow(original);
    }

    function outcome(is: 'indexed' | 'unchanged' | 'skipped', title?: string) {
      const none: Links = { followed: 0, skipped: {} };
      return { url, outcome: is, ...(title && { title }), chunks: 0, links: none, timings };
    }

    function skipped(reason: string) {
      return { ...outcome('skipped'), reason };
    }

    async function unchanged(state: PageState) {
      // It was read again, in a way: how fresh a source is follows from this.
      await memory.put(brand, docId, { ...state, fetchedAt: new Date().toISOString() });
      return { ...outcome('unchanged'), links: await follow(state.links ?? []) };
    }

    async function follow(found: readonly string[]): Promise<Links> {
      const { site } = payload;
      if (!site || context.parentId === undefined) return { followed: 0, skipped: {} };
      const { urls, skipped: left } = followLinks(found, site, rules);
      const fresh = linkMemory.fresh(context.parentId, urls);
      await context.addSiblings(pagesOf(fresh, payload, site));
      linkMemory.remember(context.parentId, fresh);
      return { followed: urls.length, skipped: left };
    }

    /** A PDF is read in the pool ingestion, from the very bytes that were fetched. */
    async function passToIngestion(fetched: FetchedPage) {
      const file = await putBlob(bus, brandToken(brand), fetched.bytes);
      const { contentType } = fetched;
      await context.addChildren([
        { key: 'ingest', kind: 'ingest-document', payload: { brand, url, file, contentType } },
      ]);
      return outcome('indexed');
    }
  };
}

interface ExtractedPage {
  readonly title: string;
  readonly markdown: string;
  readonly noindex: boolean;
  readonly canonical?: string;
  readonly links: readonly string[];
}

function extract({ bytes, contentType, url }: FetchedPage, type: string): ExtractedPage {
  const text = decodeText(bytes, contentType);
  if (type === 'html') return htmlToDocument(text, url);
  const read = type === 'markdown' ? markdownToDocument : textToDocument;
  return { ...read(text, url), noindex: false, links: [] };
}
