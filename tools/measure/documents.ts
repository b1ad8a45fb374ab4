/**
 * Reads PDFs as the pool ingestion does, and prints pages per second and how long notes take:
 *
 *   node tools/measure/documents.ts [PDF ...] [--rounds 3] [--pause-ms 2000]
 *
 * Without a path: the two PDFs of the sample manual. A PDF is read in a process of its own; after
 * the first one the next process is started ahead, in the pause. On Linux also pages per second of
 * processor time, start of the process included, which a busy machine does not change.
 */
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DocumentError, readPdf } from '@slipstream/documents';
import { extractNotes } from '@slipstream/retrieval';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    'pause-ms': { type: 'string', default: '2000' },
  },
});
const downloads = join(import.meta.dirname, '../../examples/manual/site/downloads');
const samples = ['quillmere-owners-handbook.pdf', 'quillmere-service-data-sheet.pdf'];
const paths = positionals.length > 0 ? positionals : samples.map((name) => join(downloads, name));

for (const path of paths) {
  const bytes = await readFile(path);
  try {
    for (let round = 1; round <= Number(values.rounds); round++) {
      print(path, await measure(bytes));
      await sleep(Number(values['pause-ms']));
    }
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    process.stdout.write(`${basename(path)}: ${error.code}, ${error.message}\n`);
    process.exitCode = 1;
  }
}

interface Figures {
  readonly pages: number;
  readonly wholeMs: number;
  /** Of the process that reads; undefined where it cannot be told. */
  readonly processorMs: number | undefined;
  /** From the first page on, laid out to all pages. */
  readonly readingMs: number;
  readonly notesMs: number;
  readonly keyPoints: number;
}

async function measure(bytes: Uint8Array): Promise<Figures> {
  const began = performance.now();
  const processorBefore = childrenMs();
  let firstPage = 0;
  const onProgress = (): void => {
    firstPage ||= performance.now();
  };
  const { title, pages } = await readPdf(bytes, { onProgress });
  const ended = performance.now();
  const processorMs = childrenMs() - processorBefore;
  const { keyPoints } = extractNotes({ title, pages });
  return {
    pages: pages.length,
    wholeMs: ended - began,
    processorMs: Number.isNaN(processorMs) ? undefined : processorMs,
    readingMs: ((ended - firstPage) * pages.length) / Math.max(pages.length - 1, 1),
    notesMs: performance.now() - ended,
    keyPoints: keyPoints.length,
  };
}

/** Processor time of all children that have ended, ms: fields 16 and 17 of proc(5), in ticks of 10 ms. */
function childrenMs(): number {
  if (!existsSync('/proc/self/stat')) return Number.NaN;
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

function print(path: string, figures: Figures): void {
  const { pages, wholeMs, processorMs, readingMs, notesMs, keyPoints } = figures;
  const perSecond = (ms: number): number => Math.round(pages / (ms / 1_000));
  const processor =
    processorMs === undefined ? '' : `, ${perSecond(processorMs)} per second of processor`;
  process.stdout.write(
    `${basename(path)}: ${pages} pages in ${Math.round(wholeMs)} ms, ` +
      `${perSecond(wholeMs)} pages/s, ${perSecond(readingMs)} after the first page${processor}; ` +
      `${keyPoints} key points in ${Math.round(notesMs)} ms\n`,
  );
}
