import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { Worker } from 'node:worker_threads';
import { getResolvedPDFJS } from 'unpdf';
import { documentMarkdown } from './document-markdown.ts';
import type { OutlineEntry } from './headings.ts';
import type { PdfJob, PdfMessage, PdfPage } from './messages.ts';
import { pageLines, type TextItem } from './page-lines.ts';
import type { PageLines } from './running-lines.ts';

/**
 * Reads one PDF: a `PdfJob` in a message, bytes on standard input, `PdfMessage`s to the parent. A
 * process of its own, because a malicious file can take all memory and all time of the one that
 * reads it; the thread beside this one ends the process when it does.
 */
const watchdog = new Worker(new URL('./pdf-watchdog.ts', import.meta.url), {
  workerData: { parentPid: Number(process.argv[2]) },
});
watchdog.unref();
const told = once(process, 'message') as Promise<[PdfJob]>;

type PdfJs = Awaited<ReturnType<typeof getResolvedPDFJS>>;
type Pdf = Awaited<ReturnType<PdfJs['getDocument']>['promise']>;

const MAX_OUTLINE = 5_000;
const PAGES_PER_MESSAGE = 50;

class TooLarge extends Error {}

// Loaded before there is a job: whoever waits for us has that time.
const { getDocument } = await getResolvedPDFJS();
const [job] = await told;
watchdog.postMessage(job);

try {
  await read(await buffer(process.stdin));
} catch (error) {
  await send(failure(error));
}
process.disconnect();

async function read(bytes: Uint8Array): Promise<void> {
  const pdf = await getDocument({
    data: new Uint8Array(bytes),
    verbosity: 0,
    // Not in the types any more, but harmless: no code is made from fonts or functions of the file.
    ...{ isEvalSupported: false },
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
    maxImageSize: 0,
  }).promise;
  if (pdf.numPages > job.maxPages) {
    await send({
      type: 'failed',
      code: 'pdf-too-large',
      message: `the PDF has ${pdf.numPages} pages, the limit is ${job.maxPages}`,
    });
    return;
  }
  const sources: PageLines[] = [];
  const left = { chars: job.maxChars };
  for (let number = 1; number <= pdf.numPages; number++) {
    sources.push(await readPage(pdf, number, left));
    await send({ type: 'progress', page: number, pageCount: pdf.numPages });
  }
  const { pages, pagesWithoutText } = documentMarkdown(sources, await readOutline(pdf));
  for (let at = 0; at < pages.length; at += PAGES_PER_MESSAGE)
    await send({ type: 'pages', pages: pages.slice(at, at + PAGES_PER_MESSAGE) });
  await send({ type: 'done', pagesWithoutText, ...(await readFacts(pdf, pages)) });
}

/** Reads in pieces, so that a page that never ends is noticed before it is in memory. */
async function readPage(pdf: Pdf, number: number, left: { chars: number }): Promise<PageLines> {
  const page = await pdf.getPage(number);
  const { transform, height } = page.getViewport({ scale: 1 });
  const items: TextItem[] = [];
  const monospace = new Set<string>();
  let chars = 0;
  for await (const piece of page.streamTextContent({
    includeMarkedContent: false,
  }) as AsyncIterable<{
    items: TextItem[];
    styles: Record<string, { fontFamily: string }>;
  }>) {
    for (const [font, { fontFamily }] of Object.entries(piece.styles))
      if (fontFamily === 'monospace') monospace.add(font);
    for (const item of piece.items) {
      chars += item.str.length;
      items.push(item);
    }
    if (chars > job.maxCharsPerPage)
      throw new TooLarge(`page ${number} has more than ${job.maxCharsPerPage} characters`);
    if (chars > left.chars) throw new TooLarge(`the PDF has more than ${job.maxChars} characters`);
  }
  left.chars -= chars;
  page.cleanup();
  return { lines: pageLines(items, { transform, monospace }), height };
}

type OutlineNode = Awaited<ReturnType<Pdf['getOutline']>>[number];

/** The bookmarks with their pages; one that leads nowhere is left out. */
async function readOutline(pdf: Pdf): Promise<OutlineEntry[]> {
  const entries: OutlineEntry[] = [];
  const visit = async (nodes: readonly OutlineNode[], level: number): Promise<void> => {
    for (const { title, dest, items } of nodes) {
      if (entries.length >= MAX_OUTLINE || level > 6) return;
      const page = await pageOf(pdf, dest);
      if (page !== undefined) entries.push({ title, level, page });
      await visit(items, level + 1);
    }
  };
  await visit((await pdf.getOutline()) ?? [], 1);
  return entries;
}

async function pageOf(pdf: Pdf, dest: OutlineNode['dest']): Promise<number | undefined> {
  try {
    const [target] = (typeof dest === 'string' ? await pdf.getDestination(dest) : dest) ?? [];
    if (typeof target === 'number') return target;
    return target ? await pdf.getPageIndex(target) : undefined;
  } catch {
    return undefined;
  }
}

async function readFacts(
  pdf: Pdf,
  pages: readonly PdfPage[],
): Promise<{ title: string; language?: string }> {
  const { info } = (await pdf.getMetadata()) as { info: { Title?: unknown; Language?: unknown } };
  const title = typeof info.Title === 'string' ? info.Title.trim() : '';
  // What word processors write when nobody gave a title.
  const meant =
    title !== '' && !/^(?:untitled|microsoft word|document\d*$)|\.\w{2,4}$|[/\\]/i.test(title);
  const heading = pages
    .slice(0, 3)
    .flatMap(({ markdown }) => /^#{1,6} (.+)$/m.exec(markdown)?.[1] ?? []);
  return {
    title: meant ? title : (heading[0] ?? ''),
    ...(typeof info.Language === 'string' && info.Language !== '' && { language: info.Language }),
  };
}

function failure(error: unknown): PdfMessage {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (error instanceof TooLarge) return { type: 'failed', code: 'pdf-too-large', message };
  const code = name === 'PasswordException' ? 'encrypted-pdf' : 'broken-pdf';
  return { type: 'failed', code, message };
}

/** Resolves when the message is on its way: a channel that is closed early loses it. */
async function send(message: PdfMessage): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.send?.(message, undefined, undefined, (error) => (error ? reject(error) : resolve()));
  });
}
