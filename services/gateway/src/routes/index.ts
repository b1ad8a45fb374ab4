import type { HttpApp } from '@slipstream/http';
import { takeNdjson } from '../ndjson/take-ndjson.ts';
import type { GatewayParts } from '../parts.ts';
import { batchRoutes } from './batches.ts';
import { breakerRoutes } from './breakers.ts';
import { coverageGapRoutes } from './coverage-gaps.ts';
import { deadLetterRoutes } from './dead-letters.ts';
import { documentBatchRoutes } from './document-batches.ts';
import { documentRoutes } from './documents.ts';
import { embeddingRoutes } from './embeddings.ts';
import { evaluationRoutes } from './evaluations.ts';
import { eventRoutes } from './events.ts';
import { healthRoutes } from './health.ts';
import { llmsTextRoutes } from './llms-text.ts';
import { maintenanceRoutes } from './maintenance.ts';
import { mcpRoutes } from './mcp.ts';
import { pageRoutes } from './page.ts';
import { poolRoutes } from './pools.ts';
import { queryRoutes } from './queries.ts';
import { queueControlRoutes } from './queue-control.ts';
import { queueRoutes } from './queues.ts';
import { retryRoutes } from './retry.ts';
import { scheduleRoutes } from './schedules.ts';
import { scrapeRoutes } from './scrapes.ts';
import { searchRoutes } from './search.ts';
import { sourceRoutes } from './sources.ts';
import { statsRoutes } from './stats.ts';
import { taskBatchRoutes } from './task-batches.ts';
import { taskEventRoutes } from './task-events.ts';
import { taskExportRoutes } from './task-export.ts';
import { taskRoutes } from './tasks.ts';
import { whyRoutes } from './why.ts';
import { workerRoutes } from './workers.ts';
import { workflowRoutes } from './workflows.ts';

/** Every route of the API, one file per resource; first the body that some of them take. */
export const routes: readonly ((app: HttpApp, parts: GatewayParts) => void)[] = [
  takeNdjson,
  taskRoutes,
  taskExportRoutes,
  retryRoutes,
  whyRoutes,
  taskEventRoutes,
  workflowRoutes,
  taskBatchRoutes,
  eventRoutes,
  scrapeRoutes,
  documentRoutes,
  documentBatchRoutes,
  batchRoutes,
  embeddingRoutes,
  queryRoutes,
  searchRoutes,
  evaluationRoutes,
  mcpRoutes,
  llmsTextRoutes,
  sourceRoutes,
  coverageGapRoutes,
  deadLetterRoutes,
  statsRoutes,
  queueRoutes,
  queueControlRoutes,
  poolRoutes,
  workerRoutes,
  scheduleRoutes,
  maintenanceRoutes,
  breakerRoutes,
  healthRoutes,
  pageRoutes,
];
