export { type ConductorOptions, conduct } from './conductor.ts';
export { keepRunning } from './keep-running.ts';
export { type ReconcilerOptions, reconcile } from './reconciler.ts';
export { steward } from './steward.ts';
