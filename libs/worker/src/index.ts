export { type BatchHandler, type BatchItem, batched } from './batcher.ts';
export { type BrandFence, createBrandFence, waitUntilQuiet } from './brand-fence.ts';
export {
  changeControls,
  type Overflow,
  overflows,
  type PoolControls,
  readControls,
  type WatchedControls,
  watchControls,
} from './controls.ts';
export type { Child, Handler, HandlerOf, Handlers, TaskContext } from './handler.ts';
export { notesCacheFrom, notesCacheSettings } from './notes-cache.ts';
export type { PoolParts } from './pool-parts.ts';
export { readLater } from './read-later.ts';
export { recordUsage } from './record-usage.ts';
export { readWorkers, register, type WorkerEntry, type WorkerPoolEntry } from './registry.ts';
export { type Pool, type PoolOptions, runPool } from './run-pool.ts';
export { runService } from './run-service.ts';
export {
  startWorkerService,
  type WorkerParts,
  type WorkerService,
  type WorkerServiceOptions,
} from './worker-service.ts';
export { scrapeAllowSetting, slotsSetting, workerSettings } from './worker-settings.ts';
