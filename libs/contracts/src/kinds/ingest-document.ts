import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { BlobRefField, Brand, HttpUrl } from './fields.ts';

export const ingestDocument = defineTask({
  kind: 'ingest-document',
  category: 'ingestion',
  summary: 'Read a PDF, HTML, Markdown or text file, cut it into chunks and hand them on',
  payload: Type.Object(
    {
      brand: Brand,
      /** The bytes of an upload; without it the URL is fetched. */
      file: Type.Optional(BlobRefField),
      url: HttpUrl,
      fileName: Type.Optional(Type.String({ maxLength: 500 })),
      contentType: Type.Optional(Type.String({ maxLength: 200 })),
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
    timings: Type.Record(Type.String(), Type.Number()),
  }),
  priority: 'normal',
  // The title is a text of the document.
  resultHoldsText: true,
});
