import {
  type PayloadOf,
  ProblemError,
  type ResultOf,
  type Tasks,
  tasks,
} from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import type { FastifyRequest } from 'fastify';
import { knownDocuments } from '../knowledge/known-documents.ts';
import { answerRpc } from '../mcp/answer-rpc.ts';
import { RpcError, RpcMessage } from '../mcp/protocol.ts';
import type { ToolApi } from '../mcp/tools.ts';
import type { GatewayParts } from '../parts.ts';
import { acceptTask } from '../tasks/accept-task.ts';
import { resultOf } from '../tasks/finish-task.ts';
import { taskAnswer } from '../tasks/task-answer.ts';
import { hasEnded, waitForTask } from '../tasks/wait-for-task.ts';

/** How long a tool waits for its task, ms: a model may take its time. */
const WAIT_MS = 60_000;

/**
 * The Model Context Protocol over streamable HTTP, without sessions: each POST is one JSON-RPC
 * message, answered as JSON. Nothing is sent unasked, so there is no stream to GET.
 */
export function mcpRoutes(app: HttpApp, parts: GatewayParts): void {
  const api = toolApi(parts);
  const schema = {
    tags: ['knowledge'],
    operationId: 'mcp',
    summary: 'Model Context Protocol: the tools search, ask and sources',
    description: 'Streamable HTTP, stateless. See docs/guides/mcp.md',
    body: RpcMessage,
  };
  app.post('/mcp', { schema }, async (request, reply) => {
    checkOrigin(request);
    const { id, method } = request.body;
    // A notification, or an answer to what we never asked.
    if (id === undefined || method === undefined) return reply.code(202).send();
    try {
      return { jsonrpc: '2.0', id, result: await answerRpc(request.body, api) };
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      return { jsonrpc: '2.0', id, error: { code: error.code, message: error.message } };
    }
  });
  app.route({
    method: ['GET', 'DELETE'],
    url: '/mcp',
    schema: { hide: true },
    handler: async (_request, reply) => {
      reply.header('allow', 'POST');
      throw new ProblemError('method-not-allowed', 'There are no streams and no sessions: POST.');
    },
  });
}

/** A page of another site must not reach this machine through its visitor's browser (DNS rebinding). */
function checkOrigin({ headers }: FastifyRequest): void {
  const { origin, host } = headers;
  if (origin === undefined || URL.parse(origin)?.host === host) return;
  throw new ProblemError('invalid-request', `Pages of ${origin} may not call this endpoint.`, {
    errors: [{ path: '/headers/origin', message: `must be the address of this server, ${host}` }],
  });
}

function toolApi(parts: GatewayParts): ToolApi {
  const run = async <K extends 'search-knowledge' | 'answer-question'>(
    kind: K,
    payload: PayloadOf<Tasks[K]>,
  ): Promise<ResultOf<Tasks[K]>> => {
    const accepted = await acceptTask(parts, { definition: tasks[kind], payload }, undefined);
    const row = await waitForTask(parts.projection, accepted.id, WAIT_MS);
    if (!row || !hasEnded(row)) {
      const late = `Task ${accepted.id} did not end within ${WAIT_MS / 1_000} s.`;
      throw new ProblemError('task-failed', late);
    }
    return resultOf(await taskAnswer(parts.bus, row)) as ResultOf<Tasks[K]>;
  };
  return {
    search: (payload) => run('search-knowledge', payload),
    ask: (payload) => run('answer-question', payload),
    documents: (question) => knownDocuments(parts, question),
  };
}
