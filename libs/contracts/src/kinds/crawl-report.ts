import type { ChildEnd } from '../define-task.ts';

/** URLs for one reason in a report. */
const MOST_EXAMPLES = 5;

type Counts = Record<string, number>;
type Examples = Record<string, string[]>;

/** As much of the result of a crawl as the report adds to. */
interface Crawl {
  skipped: Counts;
  examples: Examples;
  pages?: Counts;
  failures?: Counts;
  failureExamples?: Examples;
}

/** As much of the result of a page as the report of its crawl needs. */
interface PageEnd {
  readonly url?: string;
  readonly outcome?: string;
  readonly reason?: string;
  readonly links?: { readonly skipped?: Counts; readonly examples?: Examples };
}

/** Adds pages that have ended to the result of their crawl: outcomes, and why links were not followed. */
export function reportCrawl<T extends Crawl>(crawl: T, ended: readonly ChildEnd[]): T {
  const pages = { ...crawl.pages };
  const failures = { ...crawl.failures };
  const skipped = { ...crawl.skipped };
  const examples = copyExamples(crawl.examples);
  const failureExamples = copyExamples(crawl.failureExamples);
  for (const { state, result, error, payload } of ended) {
    if (state === 'over-limit') {
      count(skipped, 'max-pages');
      example(examples, 'max-pages', (payload as PageEnd | undefined)?.url);
    } else if (error) {
      count(pages, state);
      count(failures, error.code);
      example(failureExamples, error.code, error.message);
    } else {
      const { url, outcome, reason, links } = (result ?? {}) as PageEnd;
      count(pages, outcome ?? state);
      if (reason !== undefined) {
        count(skipped, reason);
        example(examples, reason, url);
      }
      for (const [why, many] of Object.entries(links?.skipped ?? {})) count(skipped, why, many);
      for (const [why, urls] of Object.entries(links?.examples ?? {}))
        for (const one of urls) example(examples, why, one);
    }
  }
  return { ...crawl, skipped, examples, pages, failures, failureExamples };
}

const copyExamples = (examples: Examples = {}): Examples =>
  Object.fromEntries(Object.entries(examples).map(([reason, urls]) => [reason, [...urls]]));

function count(counts: Counts, name: string, by = 1): void {
  counts[name] = (counts[name] ?? 0) + by;
}

function example(examples: Examples, name: string, text = ''): void {
  examples[name] ??= [];
  const known = examples[name];
  if (text !== '' && known.length < MOST_EXAMPLES && !known.includes(text)) known.push(text);
}
