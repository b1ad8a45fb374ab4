import type { HttpApp } from '@slipstream/http';
import type { GatewayParts } from '../parts.ts';
import { documentRoutes } from './documents.ts';
import { embeddingRoutes } from './embeddings.ts';
import { healthRoutes } from './health.ts';
import { maintenanceRoutes } from './maintenance.ts';
import { pageRoutes } from './page.ts';
import { queryRoutes } from './queries.ts';
import { queueRoutes } from './queues.ts';
import { scheduleRoutes } from './schedules.ts';
import { scrapeRoutes } from './scrapes.ts';
import { searchRoutes } from './search.ts';
import { taskEventRoutes } from './task-events.ts';
import { taskRoutes } from './tasks.ts';
import { workerRoutes } from './workers.ts';

/** Every route of the API, one file per resource. */
export const routes: readonly ((app: HttpApp, parts: GatewayParts) => void)[] = [
  taskRoutes,
  taskEventRoutes,
  scrapeRoutes,
  documentRoutes,
  embeddingRoutes,
  queryRoutes,
  searchRoutes,
  queueRoutes,
  workerRoutes,
  scheduleRoutes,
  maintenanceRoutes,
  healthRoutes,
  pageRoutes,
];
