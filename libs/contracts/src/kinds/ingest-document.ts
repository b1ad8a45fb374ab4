import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { BlobRefField, Brand, HttpUrl } from './fields.ts';
import { Notes } from './write-notes.ts';

export const ingestDocument = defineTask({
  kind: 'ingest-document',
  category: 'ingestion',
  summary:
    'Read a PDF, DOCX, EPUB, HTML, Markdown or text file, cut it into chunks and hand them on',
  payload: Type.Object(
    {
      brand: Brand,
      /** The bytes of an upload; without it the URL is fetched. */
      file: Type.Optional(BlobRefField),
      url: HttpUrl,
      fileName: Type.Optional(Type.String({ maxLength: 500 })),
      contentType: Type.Optional(Type.String({ maxLength: 200 })),
      notes: Type.Optional(
        Type.Boolean({
          description: 'Title, summary, key points and sections in the result. Default: false',
        }),
      ),
      /** What the server said of a file that a crawl has fetched. */
      validators: Type.Optional(
        Type.Object({
          etag: Type.Optional(Type.String()),
          lastModified: Type.Optional(Type.String()),
        }),
      ),
    },
    { additionalProperties: false },
  ),
  searchable: ['url', 'brand', 'fileName'],
  result: Type.Object({
    url: Type.String(),
    outcome: Type.Enum(['indexed', 'unchanged']),
    title: Type.Optional(Type.String()),
    pages: Type.Optional(Type.Integer()),
    chunks: Type.Integer(),
    cached: Type.Boolean({ description: 'The same bytes had been read before' }),
    /** With `notes: true`. */
    notes: Type.Optional(Notes),
    timings: Type.Record(Type.String(), Type.Number()),
  }),
  priority: 'normal',
  fillsResult: true,
  // The second of two equal uploads finds what the first has read.
  key: 'url',
  concurrency: { perKey: 1 },
  // The title is a text of the document.
  resultHoldsText: true,
});
