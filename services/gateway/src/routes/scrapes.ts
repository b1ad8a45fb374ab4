import { Brand, ProblemError, tasks } from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import { type Static, Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { acceptTask } from '../tasks/accept-task.ts';
import { checkFetchable, checkPayload } from '../tasks/check-payload.ts';
import { idempotencyKeyOf } from '../tasks/idempotency.ts';
import { anyProblem, CreateHeaders, TaskRef, WebhookField } from './shapes.ts';

const { maxPages, maxDepth, render, selectors, include, exclude } =
  tasks['scrape-site'].payload.properties;

const NewScrape = Type.Object(
  {
    url: Type.String({ minLength: 1, maxLength: 2_048, description: 'An http or https URL' }),
    brand: Brand,
    mode: Type.Optional(
      Type.Enum(['page', 'site'], {
        default: 'page',
        description: 'This page alone, or the site below it',
      }),
    ),
    maxPages,
    maxDepth,
    render,
    selectors,
    include,
    exclude,
    webhook: WebhookField,
  },
  { additionalProperties: false },
);

export function scrapeRoutes(app: HttpApp, parts: GatewayParts): void {
  app.post(
    '/v1/scrapes',
    {
      schema: {
        tags: ['knowledge'],
        operationId: 'createScrape',
        summary: 'Scrape a page, or crawl a site',
        headers: CreateHeaders,
        body: NewScrape,
        response: { 202: TaskRef, ...anyProblem },
      },
    },
    async (request, reply) => {
      const { webhook, ...body } = request.body;
      const url = checkFetchable(body.url, parts.allow, '/url');
      const { definition, payload } = jobOf({ ...body, url });
      checkPayload(definition, payload, parts.allow);
      if (payload.selectors) await checkSelectors(payload.selectors);
      const task = await acceptTask(
        parts,
        { definition, payload, ...(webhook && { webhook }) },
        idempotencyKeyOf(request),
      );
      return reply.code(202).header('location', `/v1/tasks/${task.id}`).send(task);
    },
  );
}

/** Throws for a selector that no page could be read with. */
async function checkSelectors(given: Static<typeof selectors>): Promise<void> {
  // Loads the parser of pages, a third of a second and 35 MB that no other request needs.
  const { selectorMistakes } = await import('@slipstream/documents/selectors');
  const errors = selectorMistakes(given).map(({ path, message }) => ({
    path: `/selectors${path}`,
    message,
  }));
  if (errors.length === 0) return;
  const detail = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new ProblemError('invalid-request', detail, { errors });
}

function jobOf({ mode = 'page', ...body }: Omit<Static<typeof NewScrape>, 'webhook'>) {
  if (mode === 'site') return { definition: tasks['scrape-site'], payload: body };
  // One page is within any limit, but there is nothing to choose from.
  const { maxPages: _pages, maxDepth: _depth, ...payload } = body;
  const errors = (['include', 'exclude'] as const)
    .filter((name) => payload[name] !== undefined)
    .map((name) => ({ path: `/${name}`, message: "needs mode 'site'" }));
  if (errors.length > 0) {
    throw new ProblemError('invalid-request', 'Only a site has pages to choose from.', { errors });
  }
  return { definition: tasks['scrape-page'], payload };
}
