import { brandToken, ProblemError, tasks } from '@slipstream/contracts';
import type { FastifyRequest } from 'fastify';
import { storeGroup } from '../ndjson/store-group.ts';
import { linesOf } from '../ndjson/take-ndjson.ts';
import type { GatewayParts } from '../parts.ts';
import { checkFetchable, checkPayload } from '../tasks/check-payload.ts';
import { idempotencyKeyOf } from '../tasks/idempotency.ts';
import { acceptWorkflow } from './accept-workflow.ts';
import type { Workflow } from './expand-workflow.ts';
import type { WorkflowView } from './read-workflow.ts';

type PageKind = 'scrape-page' | 'ingest-document';

/** One success is enough. */
const settingsOf = (kind: keyof typeof tasks, concurrency?: number) =>
  ({
    name: `${kind} batch`,
    onFailure: 'continue',
    ...(concurrency !== undefined && { concurrency }),
  }) as const;

/**
 * A workflow of tasks of one kind; its nodes are named 1, 2, ... in their order.
 * @param atOnce how many of them may be under way at once
 */
export function groupOf(
  kind: keyof typeof tasks,
  payloads: readonly object[],
  atOnce?: number,
): Workflow {
  const nodes = payloads.map((payload, index) => [String(index + 1), { kind, payload }]);
  return { ...settingsOf(kind, atOnce), nodes: Object.fromEntries(nodes) };
}

/**
 * Accepts a task per URL of the body, or per line of it when it is NDJSON, as one workflow.
 * @param forAll what the query says of every line that does not say otherwise
 */
export async function acceptPages(
  parts: GatewayParts,
  kind: PageKind,
  request: FastifyRequest,
  { batchSize: atOnce, ...forAll }: { readonly brand?: string; readonly batchSize?: number },
): Promise<WorkflowView> {
  const accept = (workflow: Workflow, asked: unknown): Promise<WorkflowView> =>
    acceptWorkflow(parts, workflow, idempotencyKeyOf(request, asked));

  const lines = linesOf(request);
  if (!lines) {
    const { urls, batchSize, ...rest } = request.body as {
      readonly urls: readonly string[];
      readonly batchSize?: number;
    };
    const payloads = urls.map((url, index) => pageOf({ ...rest, url }, `/urls/${index}`));
    return accept(groupOf(kind, payloads, batchSize), request.body);
  }
  const space = brandToken(forAll.brand ?? '*');
  const group = await storeGroup(parts, lines, space, (value, at) => ({
    kind,
    payload: pageOfLine(value, at),
  }));
  return accept({ ...settingsOf(kind, atOnce), group }, { ...forAll, atOnce, group });

  function pageOfLine(value: unknown, at: string): object {
    const page = typeof value === 'string' ? { url: value } : value;
    if (typeof page !== 'object' || page === null || !('url' in page)) {
      const message = 'must be a URL, or an object with a url';
      throw new ProblemError('invalid-request', `${at} ${message}.`, {
        errors: [{ path: at, message }],
      });
    }
    return pageOf({ ...forAll, ...page, url: String(page.url) }, at);
  }

  function pageOf(page: { readonly url: string }, at: string): object {
    const payload = { ...page, url: checkFetchable(page.url, parts.allow, at) };
    checkPayload(tasks[kind], payload, parts.allow, at);
    return payload;
  }
}
