export { type ConductorOptions, conduct } from './conductor.ts';
export { keepRunning } from './keep-running.ts';
export { runWorkflow } from './run-workflow.ts';
export { steward } from './steward.ts';
