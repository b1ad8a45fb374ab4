import type { Readable } from 'node:stream';
import { ProblemError } from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import type { FastifyRequest } from 'fastify';
import { type TSchema, Type } from 'typebox';

const NDJSON = 'application/x-ndjson';

/** The body of a route that takes JSON, or many lines of it. */
export const jsonOrLines = (schema: TSchema, lines: string) => ({
  content: {
    'application/json': { schema },
    [NDJSON]: { schema: Type.Unknown({ description: lines }) },
  },
});

/** Hands the bodies of routes that are described by `jsonOrLines` on unread when they are NDJSON. */
export function takeNdjson(app: HttpApp): void {
  app.addContentTypeParser(NDJSON, (request, payload, done) => {
    const { body } = (request.routeOptions.schema ?? {}) as { body?: { content?: object } };
    if (body?.content && NDJSON in body.content) done(null, payload);
    else {
      const detail = `${request.method} ${request.url} takes application/json.`;
      done(new ProblemError('unsupported-media-type', detail));
    }
  });
}

/** The body as it comes, if it is NDJSON. */
export function linesOf({ headers, body }: FastifyRequest): Readable | undefined {
  return headers['content-type']?.startsWith(NDJSON) ? (body as Readable) : undefined;
}
