import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parseQuestions } from './question.ts';
import { readCorpus, readQuestionSet } from './read-set.ts';

const lines = (...values: unknown[]) => values.map((value) => JSON.stringify(value)).join('\n');

test('a line may say little or much of a question', () => {
  const jsonl = lines(
    { question: 'One?' },
    { id: 7, question: 'Two?', url: '/two', answer: 'Yes.', answers: ['Yes!'], brand: 'Acme' },
    { _id: 'q3', text: 'Three?', relevant: { a: 2, b: 1 }, kind: 'left alone' },
    { question: 'Four?', answer: null },
    { question: 'Five?', relevant: ['a', 'b'], answerable: false },
  );
  expect(parseQuestions(`\n${jsonl}\n`)).toEqual([
    { id: '1', question: 'One?', relevant: {}, answers: [], answerable: true },
    {
      id: '7',
      question: 'Two?',
      brand: 'Acme',
      relevant: { '/two': 1 },
      answers: ['Yes.', 'Yes!'],
      answerable: true,
    },
    { id: 'q3', question: 'Three?', relevant: { a: 2, b: 1 }, answers: [], answerable: true },
    { id: '4', question: 'Four?', relevant: {}, answers: [], answerable: false },
    { id: '5', question: 'Five?', relevant: { a: 1, b: 1 }, answers: [], answerable: false },
  ]);
});

test.each([
  ['{"question": 1, "answers": "one"}', `q.jsonl line 1: 'answers' is not a list of texts`],
  ['\n{"answer": "x"}', `q.jsonl line 2: 'question' is missing`],
  ['{"question": "x", "relevant": "a"}', /line 1: 'relevant' is neither/],
  ['{"question": "x", "answerable": "no"}', /line 1: 'answerable' is neither true nor false/],
  ['[1]', 'q.jsonl line 1: not a JSON object'],
  ['{"question"', /line 1: not JSON/],
])('%s is refused with line and field', (jsonl, message) => {
  expect(() => parseQuestions(jsonl, 'q.jsonl')).toThrow(message);
});

test("a folder in BEIR's layout is a corpus and its judged questions", async () => {
  await using folder = await folderOf({
    'corpus.jsonl': lines(
      { _id: 'd1', title: 'One', text: 'First text.' },
      { _id: 'd2', text: 'X' },
    ),
    'queries.jsonl': lines({ _id: 'q1', text: 'One?' }, { _id: 'q2', text: 'Not judged?' }),
    'qrels/test.tsv': 'query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\n',
  });
  expect(await readQuestionSet(folder.path)).toEqual([
    { id: 'q1', question: 'One?', relevant: { d1: 2 }, answers: [], answerable: true },
  ]);
  const [one, two] = await readCorpus(folder.path);
  expect(one).toMatchObject({ docId: 'd1', title: 'One', content: { markdown: 'First text.' } });
  expect(two).toMatchObject({ docId: 'd2', url: 'd2', title: '' });
});

test('a folder of files is read as a crawler would, by path', async () => {
  await using folder = await folderOf({
    'robots.txt': 'User-agent: *\nDisallow: /secret/',
    'a/page.html': '<title>Page</title><main><h1>Page</h1><p>Some text of a page.</p></main>',
    'b.md': '# Notes\n\nSome notes.',
    'c.txt': 'Plain words.',
    'secret/d.md': '# Secret',
    'hidden.html': '<meta name="robots" content="noindex"><main><p>Hidden.</p></main>',
    'style.css': 'p {}',
  });
  const corpus = await readCorpus(folder.path);
  expect(corpus.map(({ url, title }) => [url, title])).toEqual([
    ['/a/page.html', 'Page'],
    ['/b.md', 'Notes'],
    ['/c.txt', expect.any(String)],
  ]);
});

async function folderOf(files: Record<string, string>) {
  const path = await mkdtemp(join(tmpdir(), 'set-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
