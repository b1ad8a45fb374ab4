import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import {
  type DocumentPage,
  decodeText,
  htmlToDocument,
  markdownToDocument,
  parseRobots,
  readPdf,
  textToDocument,
} from '@slipstream/documents';
import {
  type EvaluationQuestion,
  EvaluationSetError,
  parseLines,
  parseQuestions,
  textIn,
} from './question.ts';

/** A document of a corpus, read but not yet in chunks. */
export interface CorpusDocument {
  readonly docId: string;
  readonly url: string;
  readonly title: string;
  readonly content: { readonly markdown: string } | { readonly pages: readonly DocumentPage[] };
}

/**
 * Reads questions: a JSONL file, or a folder in BEIR's layout (`queries.jsonl`, and `qrels.tsv` or
 * `qrels/test.tsv`); of the latter only what was judged.
 *
 * @throws EvaluationSetError that names file, line and field
 */
export async function readQuestionSet(path: string): Promise<EvaluationQuestion[]> {
  if ((await stat(path)).isFile()) return parseQuestions(await readFile(path, 'utf8'), path);
  const file = join(path, 'queries.jsonl');
  const questions = parseQuestions(await readFile(file, 'utf8'), file);
  const judged = await readQrels(path);
  return questions.flatMap((question) => {
    const relevant = judged.get(question.id);
    return relevant ? [{ ...question, relevant }] : [];
  });
}

/** Grades of documents by question. A line is question, document and grade, parted by white space. */
async function readQrels(folder: string): Promise<Map<string, Record<string, number>>> {
  const files = ['qrels.tsv', join('qrels', 'test.tsv')].map((name) => join(folder, name));
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(ifAbsent)));
  const text = texts.find((one) => one !== undefined);
  if (text === undefined) throw new EvaluationSetError(`neither ${files.join(' nor ')} is there`);
  const judged = new Map<string, Record<string, number>>();
  for (const line of text.split('\n')) {
    const cells = line.trim().split(/\s+/);
    const [question = '', document = ''] = cells;
    const grade = Number(cells.at(-1));
    // TREC's own layout has a column between the two that means nothing.
    const key = cells.length === 4 ? (cells[2] ?? '') : document;
    if (!(grade > 0) || cells.length < 3) continue;
    judged.set(question, { ...judged.get(question), [key]: grade });
  }
  return judged;
}

/**
 * Reads a corpus: a JSONL file (`_id` or `id`, `text`, and if there are `title` and `url`), a folder
 * that has such a `corpus.jsonl`, or a folder of HTML, Markdown, text and PDF files, whose URLs are
 * their paths; what its `robots.txt` or a page itself keeps from crawlers is left out.
 *
 * @throws EvaluationSetError that names file, line and field
 */
export async function readCorpus(path: string): Promise<CorpusDocument[]> {
  if ((await stat(path)).isFile()) return parseCorpus(await readFile(path, 'utf8'), path);
  const file = join(path, 'corpus.jsonl');
  const jsonl = await readFile(file, 'utf8').catch(ifAbsent);
  return jsonl === undefined ? readFolder(path) : parseCorpus(jsonl, file);
}

function parseCorpus(jsonl: string, name: string): CorpusDocument[] {
  return parseLines(jsonl, name).map(({ value, at }) => {
    const docId = textIn(value, ['_id', 'id', 'docId', 'url'], at);
    const text = textIn(value, ['text', 'markdown'], at);
    if (docId === undefined) throw new EvaluationSetError(`${at}: '_id' is missing`);
    if (text === undefined) throw new EvaluationSetError(`${at}: 'text' is missing`);
    const url = textIn(value, ['url'], at) ?? docId;
    const title = textIn(value, ['title'], at) ?? '';
    return { docId, url, title, content: { markdown: text } };
  });
}

const READABLE: ReadonlySet<string> = new Set(['.html', '.htm', '.md', '.txt', '.pdf']);

async function readFolder(folder: string): Promise<CorpusDocument[]> {
  const robotsText = await readFile(join(folder, 'robots.txt'), 'utf8').catch(ifAbsent);
  const robots = parseRobots(robotsText ?? '', 'http://localhost/robots.txt');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const documents: CorpusDocument[] = [];
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name);
    const url = `/${relative(folder, file).split(sep).join('/')}`;
    if (!entry.isFile() || !READABLE.has(extname(entry.name)) || url === '/robots.txt') continue;
    if (!robots.allowed(`http://localhost${url}`, 'Slipstream')) continue;
    const read = await readDocument(await readFile(file), url);
    if (read) documents.push({ docId: url, url, ...read });
  }
  return documents.sort((one, other) => (one.url < other.url ? -1 : 1));
}

async function readDocument(
  bytes: Buffer,
  url: string,
): Promise<Pick<CorpusDocument, 'title' | 'content'> | undefined> {
  if (extname(url) === '.pdf') {
    const { title, pages } = await readPdf(bytes, { name: url });
    return { title, content: { pages } };
  }
  const text = decodeText(bytes, undefined);
  if (extname(url).startsWith('.htm')) {
    const { title, markdown, noindex } = htmlToDocument(text, `http://localhost${url}`);
    return noindex ? undefined : { title, content: { markdown } };
  }
  const { title, markdown } = (extname(url) === '.md' ? markdownToDocument : textToDocument)(
    text,
    url,
  );
  return { title, content: { markdown } };
}

function ifAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
