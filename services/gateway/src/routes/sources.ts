import {
  Brand,
  type FoundSource,
  ProblemError,
  type SourcePage,
  type SourceQuestion,
  SourceSchema,
  subjects,
  tasks,
} from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import { setBrandLanguage } from '@slipstream/jetstream';
import { languages } from '@slipstream/retrieval';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { acceptTask } from '../tasks/accept-task.ts';
import { checkPayload } from '../tasks/check-payload.ts';
import { idempotencyKeyOf } from '../tasks/idempotency.ts';
import type { TaskAnswer } from '../tasks/task-answer.ts';
import { anyProblem, CreateHeaders, TaskRef } from './shapes.ts';

const tags = ['knowledge'];
/** Thousands of pages are looked through in this time. */
const ANSWER_MS = 30_000;

const SourceParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 100, description: 'Id of a source' }),
});

/** `auto`: each document in the one that it seems to be in. */
const LanguageSetting = Type.Enum(['auto', ...languages], {
  description:
    'In which language the texts of the brand are read for keyword search (ISO 639-1); `auto`, the default: each document in the one that it seems to be in',
});

export function sourceRoutes(app: HttpApp, parts: GatewayParts): void {
  const find = async (id: string): Promise<FoundSource> => {
    const found = await ask<FoundSource | null>(parts, 'find', { id });
    if (found) return found;
    throw new ProblemError('source-not-found', `No source has the id '${id}'.`);
  };
  const accepted = (reply: FastifyReply, task: TaskAnswer) =>
    reply.code(202).header('location', `/v1/tasks/${task.id}`).send(task);

  app.get(
    '/v1/sources',
    {
      schema: {
        tags,
        operationId: 'listSources',
        summary: 'What is known, per site and document of a brand; an empty list says: nothing yet',
        querystring: Type.Object(
          {
            brand: Type.Optional(Brand),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
            cursor: Type.Optional(Type.String({ description: '`nextCursor` of the page before' })),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            items: Type.Array(SourceSchema, { description: 'By brand and URL' }),
            nextCursor: Type.Union([Type.String(), Type.Null()]),
          }),
          ...anyProblem,
        },
      },
    },
    async ({ query }) => {
      checkCursor(query.cursor);
      return { ...(await ask<SourcePage>(parts, 'list', query)) };
    },
  );

  app.patch(
    '/v1/sources',
    {
      schema: {
        tags,
        operationId: 'setBrandLanguage',
        summary:
          'Set the language of a brand; the task that is answered indexes what is known of it anew',
        querystring: Type.Object({ brand: Brand }, { additionalProperties: false }),
        body: Type.Object({ language: LanguageSetting }, { additionalProperties: false }),
        response: { 202: TaskRef, ...anyProblem },
      },
    },
    async (request, reply) => {
      const { brand } = request.query;
      const { language } = request.body;
      await parts.broker.call(() =>
        setBrandLanguage(parts.bus, brand, language === 'auto' ? undefined : language),
      );
      const order = {
        definition: tasks['re-index'],
        payload: { brand },
        tags: [`language:${language}`],
      };
      return accepted(reply, await acceptTask(parts, order, undefined));
    },
  );

  app.get(
    '/v1/sources/:id',
    {
      schema: {
        tags,
        operationId: 'getSource',
        summary: 'One source: pages, chunks, how fresh it is, what went wrong last',
        params: SourceParams,
        response: { 200: SourceSchema, ...anyProblem },
      },
    },
    async ({ params }) => (await find(params.id)).source,
  );

  app.post(
    '/v1/sources/:id/refresh',
    {
      // No body says as much as an empty one.
      preValidation: async (request) => {
        request.body ??= {};
      },
      schema: {
        tags,
        operationId: 'refreshSource',
        summary: 'Read a source again, as its last crawl did; what has not changed stays as it is',
        params: SourceParams,
        headers: CreateHeaders,
        body: Type.Object(
          {
            full: Type.Optional(
              Type.Boolean({
                default: false,
                description: 'Read every page, also those that say that they have not changed',
              }),
            ),
            fetch: Type.Optional(
              Type.Boolean({
                default: true,
                description:
                  'False: fetch nothing, make chunks and index anew from the texts that are kept',
              }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 202: TaskRef, ...anyProblem },
      },
    },
    async (request, reply) => {
      const { source, scope, refresh } = await find(request.params.id);
      const sourceTags = [`source:${source.id}`];
      if (request.body.fetch === false) {
        const { url: _url, ...payload } = scope;
        const order = { definition: tasks['re-index'], payload, tags: sourceTags };
        return accepted(reply, await acceptTask(parts, order, idempotencyKeyOf(request)));
      }
      if (!refresh) {
        throw new ProblemError('source-not-refreshable', `${source.url} was uploaded.`);
      }
      const { kind, payload } = refresh;
      const definition = tasks[kind];
      checkPayload(definition, payload, parts.allow);
      if (request.body.full) await ask(parts, 'forget', { id: source.id });
      const order = { definition, payload, tags: sourceTags };
      return accepted(reply, await acceptTask(parts, order, idempotencyKeyOf(request)));
    },
  );

  app.delete(
    '/v1/sources/:id',
    {
      schema: {
        tags,
        operationId: 'eraseSource',
        summary: 'Erase a source: texts, vectors, caches; the result of the task is the proof',
        params: SourceParams,
        headers: CreateHeaders,
        response: { 202: TaskRef, ...anyProblem },
      },
    },
    async (request, reply) => {
      const { source, scope } = await find(request.params.id);
      const order = {
        definition: tasks['erase-source'],
        payload: { ...scope },
        tags: [`source:${source.id}`],
      };
      return accepted(reply, await acceptTask(parts, order, idempotencyKeyOf(request)));
    },
  );

  app.delete(
    '/v1/sources',
    {
      schema: {
        tags,
        operationId: 'eraseBrand',
        summary: 'Erase a whole brand; the result of the task is the proof',
        querystring: Type.Object(
          {
            brand: Brand,
            confirm: Type.Optional(
              Type.String({
                description: 'The name of the brand once more: says that you mean it',
              }),
            ),
          },
          { additionalProperties: false },
        ),
        headers: CreateHeaders,
        response: { 202: TaskRef, ...anyProblem },
      },
    },
    async (request, reply) => {
      const { brand, confirm } = request.query;
      if (confirm !== brand) {
        const message = `must be '${brand}'`;
        throw new ProblemError(
          'invalid-request',
          `/query/confirm ${message}; nothing was erased.`,
          {
            errors: [{ path: '/query/confirm', message }],
          },
        );
      }
      const order = { definition: tasks['erase-source'], payload: { brand } };
      return accepted(reply, await acceptTask(parts, order, idempotencyKeyOf(request)));
    },
  );
}

/** Asks the service that has store and log at hand. */
async function ask<T>(
  { bus, broker }: GatewayParts,
  verb: 'list' | 'find' | 'forget',
  question: SourceQuestion,
): Promise<T> {
  const subject = subjects.sources(verb);
  const options = { timeout: ANSWER_MS };
  const body = JSON.stringify(question);
  const reply = await broker
    .call(() => bus.connection.request(subject, body, options), ANSWER_MS + 1_000)
    .catch((error: unknown) => {
      // Connected, so it is not the broker that is away.
      const nobody = error instanceof Error && /^(Request|Timeout)Error$/.test(error.name);
      if (!nobody || !broker.connected) throw error;
      throw unavailable(`Nobody answers on ${subject}.`, error);
    });
  const answer = reply.json<T | { readonly error: string }>();
  if (answer !== null && typeof answer === 'object' && 'error' in answer) {
    throw unavailable(`The service that knows the sources failed: ${answer.error}.`);
  }
  return answer as T;
}

const unavailable = (detail: string, cause?: unknown): ProblemError =>
  new ProblemError('knowledge-unavailable', detail, { retryAfterS: 5, cause });

/** Throws `invalid-request` for what is no cursor of ours. */
function checkCursor(cursor: string | undefined): void {
  if (cursor === undefined) return;
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(place)) return;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ProblemError('invalid-request', 'The cursor is not one of ours.', {
    errors: [{ path: '/query/cursor', message: 'must be the nextCursor of an answer' }],
  });
}
