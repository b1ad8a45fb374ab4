import type { Tasks } from '@slipstream/contracts';
import type { HandlerOf, Handlers } from '@slipstream/worker';

export const unused = async (): Promise<never> => {
  throw new Error('this test needs no such task');
};

/** Handlers of a pool of which a test needs some. */
export const scraping = (
  some: Partial<Handlers<'scraping', Tasks>> = {},
): Handlers<'scraping', Tasks> => ({ 'scrape-page': scrapePage, 'scrape-site': unused, ...some });

export const rag = (some: Partial<Handlers<'rag', Tasks>> = {}): Handlers<'rag', Tasks> => ({
  'answer-question': answerQuestion,
  'search-knowledge': searchKnowledge,
  'write-notes': unused,
  ...some,
});

export const embedding = (): Handlers<'embedding', Tasks> => ({
  'embed-texts': embedTexts,
  'embed-chunks': unused,
  're-embed': unused,
  're-embed-documents': unused,
  'switch-embedder': unused,
});

const scrapePage: HandlerOf<'scrape-page'> = async ({ url }, { progress }) => {
  progress({ done: 1, total: 1 });
  return { url, outcome: 'indexed', chunks: 2, links: { followed: 0, skipped: {} }, timings: {} };
};

/** Says the question again, word by word. */
const answerQuestion: HandlerOf<'answer-question'> = async ({ question, brand }, { emit }) => {
  const citations = [
    { url: 'https://docs.example/a', title: 'A', quote: question, score: 1, heading: brand ?? '' },
  ];
  emit('citations', citations);
  for (const word of question.split(' ')) emit('token', word);
  return {
    outcome: 'answered',
    answer: question,
    citations,
    confidence: 1,
    mode: 'extractive',
    cached: false,
    timings: {},
  };
};

const searchKnowledge: HandlerOf<'search-knowledge'> = async ({ q, mode = 'hybrid' }) => ({
  hits: [{ url: 'https://docs.example/a', title: 'A', text: q, score: 1 }],
  mode,
  timings: {},
});

const embedTexts: HandlerOf<'embed-texts'> = async ({ texts }) => ({
  vectors: texts.map((text) => [text.length, 0]),
  embedder: 'length',
  dimensions: 2,
});
