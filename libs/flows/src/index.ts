export { type ConductorOptions, conduct } from './conductor.ts';
export { keepRunning } from './keep-running.ts';
export { type AdmitOptions, admit } from './limits/admit.ts';
export { publishAges, readAges } from './publish-ages.ts';
export { runWorkflow } from './run-workflow.ts';
export { steward } from './steward.ts';
