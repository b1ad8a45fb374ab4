import type { HttpApp } from '@slipstream/http';
import type { GatewayParts } from '../parts.ts';
import { documentRoutes } from './documents.ts';
import { embeddingRoutes } from './embeddings.ts';
import { eventRoutes } from './events.ts';
import { healthRoutes } from './health.ts';
import { pageRoutes } from './page.ts';
import { queryRoutes } from './queries.ts';
import { queueRoutes } from './queues.ts';
import { scrapeRoutes } from './scrapes.ts';
import { searchRoutes } from './search.ts';
import { taskBatchRoutes } from './task-batches.ts';
import { taskEventRoutes } from './task-events.ts';
import { taskRoutes } from './tasks.ts';
import { workerRoutes } from './workers.ts';

/** Every route of the API, one file per resource. */
export const routes: readonly ((app: HttpApp, parts: GatewayParts) => void)[] = [
  taskRoutes,
  taskBatchRoutes,
  taskEventRoutes,
  eventRoutes,
  scrapeRoutes,
  documentRoutes,
  embeddingRoutes,
  queryRoutes,
  searchRoutes,
  queueRoutes,
  workerRoutes,
  healthRoutes,
  pageRoutes,
];
