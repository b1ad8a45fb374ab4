export { type ConductorOptions, conduct } from './conductor.ts';
export { type ExpanderOptions, expandBatches } from './expander.ts';
export { keepRunning } from './keep-running.ts';
export { steward } from './steward.ts';
export { deliveryId, followWebhooks, type WebhookOptions } from './webhooks.ts';
