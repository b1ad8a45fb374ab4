import { type DocumentsAnswer, type DocumentsQuestion, subjects } from '@slipstream/contracts';
import type { MicroEndpoint } from '@slipstream/jetstream';
import type { KnowledgeStore } from '@slipstream/knowledge';

/** Over NATS, for the gateway, which opens no store: which documents there are. */
export const documentsEndpoint = (store: KnowledgeStore): MicroEndpoint => ({
  name: 'documents',
  subject: subjects.documents,
  async handle(request): Promise<DocumentsAnswer> {
    const { brand, q = '', limit } = request.json<DocumentsQuestion>();
    const wanted = q.toLowerCase().split(/\s+/);
    const known = await store.listDocuments(brand === undefined ? {} : { brand });
    const found = known
      .filter(({ url, title }) => {
        const text = `${url} ${title}`.toLowerCase();
        return wanted.every((word) => text.includes(word));
      })
      .sort((one, other) => order(one.brand, other.brand) || order(one.url, other.url));
    const documents = found.slice(0, limit).map(({ brand: whose, source, url, title, chunks }) => ({
      brand: whose,
      source,
      url,
      title,
      chunks,
    }));
    return { documents, total: found.length };
  },
});

const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
