import {
  Brand,
  brandToken,
  type Chunk,
  HttpUrl,
  type PayloadOf,
  sourceOf,
  type Tasks,
} from '@slipstream/contracts';
import { docIdOf, normalizeUrl, type Piece, toChunks } from '@slipstream/documents/chunks';
import { putBlob } from '@slipstream/jetstream';
import { type Static, Type } from 'typebox';
import { mistake } from '../control/mistake.ts';
import type { GatewayParts } from '../parts.ts';

const STORING_MS = 30_000;
const heading = Type.String({ minLength: 1, maxLength: 200 });

/** Chunks that a client has cut itself. */
const GivenChunks = Type.Array(
  Type.Object(
    {
      text: Type.String({ minLength: 1, maxLength: 20_000, pattern: '\\S' }),
      url: Type.Optional({ ...HttpUrl, description: 'Its document: what citations link to' }),
      title: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 500,
          description: 'Of its document; the first one holds. Default: the URL',
        }),
      ),
      headings: Type.Optional(
        Type.Array(heading, {
          maxItems: 10,
          description: 'The headings above it, outermost first',
        }),
      ),
      page: Type.Optional(Type.Integer({ minimum: 1, description: 'Page of a PDF' })),
    },
    { additionalProperties: false },
  ),
  {
    minItems: 1,
    maxItems: 10_000,
    description: 'In their order. They replace what the index has of their documents',
  },
);

/** Chunks and what they are of: fields of a body that has them in place of `texts`. */
export const chunkFields = {
  chunks: Type.Optional(GivenChunks),
  brand: Type.Optional({ ...Brand, description: 'Of the chunks: whose knowledge they are' }),
  url: Type.Optional({ ...HttpUrl, description: 'Of the chunks that name no document' }),
};

export interface ChunksBody {
  readonly texts?: readonly string[] | undefined;
  readonly chunks?: Static<typeof GivenChunks> | undefined;
  readonly brand?: string | undefined;
  readonly url?: string | undefined;
}

/** Which of the two a body has. Throws a problem for both, for none, and for what belongs to chunks. */
export function textsOrChunks({ texts, chunks, brand, url }: ChunksBody): 'texts' | 'chunks' {
  if ((texts === undefined) === (chunks === undefined)) {
    throw mistake(texts ? '/chunks' : '/texts', 'must be given, or the other of texts and chunks');
  }
  if (chunks !== undefined) return 'chunks';
  if (brand !== undefined) throw mistake('/brand', 'must not be given beside texts');
  if (url !== undefined) throw mistake('/url', 'must not be given beside texts');
  return 'texts';
}

/**
 * The documents that chunks are of, in the order of the request. Throws a problem for chunks without
 * a brand, and for one without a document.
 */
export function documentsOf({ brand, url: ofAll, chunks = [] }: ChunksBody): Chunk[][] {
  if (brand === undefined) throw mistake('/brand', 'is required beside chunks');
  const fetchedAt = new Date().toISOString();
  const documents = new Map<string, { title: string | undefined; pieces: Piece[] }>();
  for (const [n, { text, headings = [], page, title, url = ofAll }] of chunks.entries()) {
    const known = url && normalizeUrl(url);
    if (!known) throw mistake(`/chunks/${n}/url`, 'is required where there is no /url');
    const of = documents.get(known) ?? { title: undefined, pieces: [] };
    of.title ??= title;
    of.pieces.push({ headingPath: headings, ...(page !== undefined && { page }), text });
    documents.set(known, of);
  }
  return [...documents].map(([url, { title = url, pieces }]) =>
    toChunks({ docId: docIdOf(url), brand, source: sourceOf(url), url, title, fetchedAt }, pieces),
  );
}

/** Keeps the texts as blobs of their brand, and resolves with what the tasks that index them need. */
export function storeDocuments(
  { bus, broker }: Pick<GatewayParts, 'bus' | 'broker'>,
  documents: readonly (readonly Chunk[])[],
): Promise<PayloadOf<Tasks['index-write']>[]> {
  const store = async (chunks: readonly Chunk[], { brand, docId, url }: Chunk) => {
    const bytes = Buffer.from(JSON.stringify(chunks));
    return { brand, docId, url, chunks: await putBlob(bus, brandToken(brand), bytes) };
  };
  const all = documents.flatMap((chunks) => chunks.slice(0, 1).map((one) => store(chunks, one)));
  return broker.call(() => Promise.all(all), STORING_MS);
}
