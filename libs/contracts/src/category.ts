/** A category is a worker pool: tasks that share one bottleneck share one pool. `slots` is per worker process. */
export const categories = {
  rag: { slots: 10, service: 'rag' },
  scraping: { slots: 6, service: 'scraper' },
  ingestion: { slots: 4, service: 'scraper' },
  embedding: { slots: 16, service: 'embedder' },
  batch: { slots: 3, service: 'maintenance' },
  maintenance: { slots: 2, service: 'maintenance' },
} as const;

export type Category = keyof typeof categories;

export const categoryNames = Object.keys(categories) as readonly Category[];
