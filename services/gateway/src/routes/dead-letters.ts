import { categoryNames, ID_PATTERN, ProblemError } from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import {
  type DeadLetterChoice,
  type DeadLetterCounts,
  discardDeadLetters,
  type ErrorGroup,
  replayDeadLetters,
} from '@slipstream/tasklog';
import { type Static, Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { formatPage, parsePage } from '../tasks/page.ts';
import { listedTask } from '../tasks/task-answer.ts';
import { anyProblem, TaskRef } from './shapes.ts';

/** A request works for this long; what is left then is for the next one. */
const WORK_MS = 20_000;
const LIMIT_MS = 60_000;

const Filter = {
  category: Type.Optional(Type.Enum([...categoryNames])),
  kind: Type.Optional(Type.String()),
  tag: Type.Optional(Type.String()),
  parentId: Type.Optional(Type.String({ description: 'Children of this task' })),
  error: Type.Optional(Type.String({ description: '`error` of a group: one cause' })),
  q: Type.Optional(
    Type.String({ minLength: 1, description: 'As in GET /v1/tasks: an id, a kind, or words' }),
  ),
};

const Choice = Type.Object(
  {
    ids: Type.Optional(Type.Array(Type.String({ pattern: ID_PATTERN }), { maxItems: 10_000 })),
    filter: Type.Optional(
      Type.Object(Filter, { additionalProperties: false, description: 'All that fit; {}: all' }),
    ),
    perSecond: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10_000, description: 'With a filter: not faster' }),
    ),
  },
  { additionalProperties: false },
);

const Counts = (verb: string) =>
  Type.Object({
    [verb]: Type.Integer(),
    skipped: Type.Integer({ description: 'No dead letters, or past the retention of the log' }),
    complete: Type.Boolean({ description: 'False: some are left, and the same call goes on' }),
  });

const Group = Type.Object({
  error: Type.String({ description: 'Names the cause; the filter `error` takes it' }),
  code: Type.String(),
  message: Type.String({ description: 'Without what differs: ids, numbers, URLs' }),
  count: Type.Integer(),
  firstSeen: Type.String({ format: 'date-time' }),
  lastSeen: Type.String({ format: 'date-time' }),
  kinds: Type.Array(Type.String()),
  exampleId: Type.String(),
});

export function deadLetterRoutes(app: HttpApp, parts: GatewayParts): void {
  const { bus, broker, log, projection } = parts;
  const tags = ['dead letters'];

  app.get(
    '/v1/dead-letters',
    {
      schema: {
        tags,
        operationId: 'listDeadLetters',
        summary: 'Failed tasks, newest first, or their causes, most frequent first',
        querystring: Type.Object(
          {
            ...Filter,
            group: Type.Optional(
              Type.Enum(['error'], { description: 'By cause; takes kind and category' }),
            ),
            limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
            cursor: Type.Optional(Type.String({ description: '`nextCursor` of the page before' })),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            items: Type.Array(Type.Union([Group, TaskRef])),
            nextCursor: Type.Union([Type.String(), Type.Null()]),
          }),
          ...anyProblem,
        },
      },
    },
    async ({ query: { group, cursor, limit, ...filter } }) => {
      if (broker.connected) await broker.call(() => projection.barrier());
      if (group) {
        onlyKinds(filter);
        const groups = await projection.ask('errorGroups', filter);
        return { items: groups.slice(0, limit).map(shown), nextCursor: null };
      }
      const before = parsePage(cursor);
      const rows = await projection.list({
        ...filter,
        deadLetters: true,
        limit: limit + 1,
        ...(before && { before }),
      });
      const items = rows.slice(0, limit);
      const last = rows.length > limit ? items.at(-1) : undefined;
      return { items: items.map(listedTask), nextCursor: last ? formatPage(last.id) : null };
    },
  );

  const work = (
    verb: 'replayed' | 'discarded',
    path: string,
    summary: string,
    run: (choice: DeadLetterChoice) => Promise<DeadLetterCounts>,
  ) =>
    app.post(
      path,
      {
        schema: {
          tags,
          operationId: verb === 'replayed' ? 'replayDeadLetters' : 'discardDeadLetters',
          summary,
          body: Choice,
          response: { 200: Counts(verb), ...anyProblem },
        },
      },
      async ({ body }) => {
        const { done, ...rest } = await broker.call(() => run(choiceOf(body)), LIMIT_MS);
        await projection.barrier();
        return { [verb]: done, ...rest };
      },
    );
  work('replayed', '/v1/dead-letters/replay', 'Put dead letters back into their queues', (choice) =>
    replayDeadLetters(bus, projection, choice, WORK_MS),
  );
  work('discarded', '/v1/dead-letters/discard', 'Want nothing more of dead letters', (choice) =>
    discardDeadLetters(log, projection, choice, WORK_MS),
  );
}

const shown = ({ firstSeen, lastSeen, kinds, ...group }: ErrorGroup) => ({
  ...group,
  kinds: [...kinds],
  firstSeen: new Date(firstSeen).toISOString(),
  lastSeen: new Date(lastSeen).toISOString(),
});

function choiceOf({ ids, filter, perSecond }: Static<typeof Choice>): DeadLetterChoice {
  if ((ids === undefined) === (filter === undefined)) {
    throw new ProblemError('invalid-request', 'Give ids or a filter, one of them.', {
      errors: [{ path: '/filter', message: 'must be given, or ids, and not both' }],
    });
  }
  if (ids) return { ids };
  return { filter: filter ?? {}, ...(perSecond !== undefined && { perSecond }) };
}

/** Groups are counted in an index that knows kinds and categories. */
function onlyKinds(filter: Readonly<Record<string, unknown>>): void {
  const other = Object.keys(filter).find((name) => name !== 'kind' && name !== 'category');
  if (other === undefined) return;
  throw new ProblemError('invalid-request', `Groups cannot be filtered by ${other}.`, {
    errors: [{ path: `/query/${other}`, message: 'must not be given beside group' }],
  });
}
