import type { Chunk } from '@slipstream/contracts';
import { chunkDocument, docIdOf, htmlToDocument, readPdf } from '@slipstream/documents';
import { MANUAL_BRAND, serveManual } from '@slipstream/manual';

/** The same in every run, so that chunks keep their ids. */
const ORIGIN = 'https://manual.example';
const FETCHED_AT = '2026-11-01T00:00:00.000Z';
const PDFS = [
  '/downloads/quillmere-owners-handbook.pdf',
  '/downloads/quillmere-service-data-sheet.pdf',
];

/** The sample manual as a crawl would index it, without a crawl: a list of chunks per document. */
export async function manualChunks(): Promise<Chunk[][]> {
  await using manual = await serveManual();
  const bytesOf = async (path: string) =>
    new Uint8Array(await (await fetch(`${manual.url}${path}`)).arrayBuffer());
  const sitemap = Buffer.from(await bytesOf('/sitemap.xml')).toString();
  const paths = Array.from(
    sitemap.matchAll(/<loc>[^<]*?:\/\/[^/<]+(\/[^<]*)<\/loc>/g),
    ([, path]) => String(path),
  ).filter((path) => path.endsWith('.html'));
  const factsOf = (path: string, title: string) => {
    const url = ORIGIN + path;
    const docId = docIdOf(url);
    return { docId, brand: MANUAL_BRAND, source: ORIGIN, url, title, fetchedAt: FETCHED_AT };
  };
  const pages = paths.map(async (path) => {
    const html = Buffer.from(await bytesOf(path)).toString();
    const { title, markdown } = htmlToDocument(html, ORIGIN + path);
    return chunkDocument({ ...factsOf(path, title), markdown });
  });
  const files = PDFS.map(async (path) => {
    const pdf = await readPdf(await bytesOf(path));
    return chunkDocument({ ...factsOf(path, pdf.title ?? path), pages: pdf.pages });
  });
  // The server is gone when this function returns.
  return await Promise.all([...pages, ...files]);
}
