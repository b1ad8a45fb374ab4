import { tasks } from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import { Type } from 'typebox';
import { mistake } from '../control/mistake.ts';
import {
  type ChunksBody,
  chunkFields,
  documentsOf,
  storeDocuments,
  textsOrChunks,
} from '../knowledge/given-chunks.ts';
import type { GatewayParts } from '../parts.ts';
import { acceptTask } from '../tasks/accept-task.ts';
import { answerWithResult } from '../tasks/finish-task.ts';
import { idempotencyKeyOf } from '../tasks/idempotency.ts';
import { anyProblem, CreateHeaders, TaskRef, WaitMs, WebhookField } from './shapes.ts';

const ofTexts = tasks['embed-texts'];
const ofChunks = tasks['index-write'];
const DEFAULT_WAIT_MS = 30_000;

export function embeddingRoutes(app: HttpApp, parts: GatewayParts): void {
  app.post(
    '/v1/embeddings',
    {
      schema: {
        tags: ['knowledge'],
        operationId: 'createEmbeddings',
        summary: 'Turn texts into vectors, or put chunks of a document into the index',
        headers: CreateHeaders,
        body: Type.Object(
          {
            texts: Type.Optional(ofTexts.payload.properties.texts),
            ...chunkFields,
            waitMs: Type.Optional(WaitMs(DEFAULT_WAIT_MS)),
            webhook: WebhookField,
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Union([
            Type.Object({ ...ofTexts.result.properties, taskId: Type.String() }),
            Type.Object({ ...ofChunks.result.properties, taskId: Type.String() }),
          ]),
          202: TaskRef,
          ...anyProblem,
        },
      },
    },
    async (request, reply) => {
      const { waitMs = DEFAULT_WAIT_MS, webhook, ...body } = request.body;
      const order =
        textsOrChunks(body) === 'texts' ? orderOfTexts(body) : await orderOfChunks(body);
      const task = await acceptTask(
        parts,
        { ...order, ...(webhook && { webhook }) },
        idempotencyKeyOf(request),
      );
      return answerWithResult(parts, reply, task, waitMs);
    },
  );

  const orderOfTexts = ({ texts }: ChunksBody) => ({ definition: ofTexts, payload: { texts } });

  async function orderOfChunks(body: ChunksBody) {
    const documents = documentsOf(body);
    if (documents.length > 1) {
      const message = `are of ${documents.length} documents: POST /v1/embeddings/batch takes those`;
      throw mistake('/chunks', message);
    }
    const [payload] = await storeDocuments(parts, documents);
    return { definition: ofChunks, payload };
  }
}
