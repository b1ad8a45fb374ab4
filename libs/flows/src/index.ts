export { type ConductorOptions, conduct } from './conductor.ts';
export { type ExpanderOptions, expandBatches } from './expander.ts';
export { keepRunning } from './keep-running.ts';
export { type AdmitOptions, admit } from './limits/admit.ts';
export { publishAges, readAges } from './publish-ages.ts';
export { type ReconcilerOptions, reconcile } from './reconciler.ts';
export { createRunWorkflow } from './run-workflow.ts';
export { steward } from './steward.ts';
export { deliveryId, followWebhooks, type WebhookOptions } from './webhooks.ts';
