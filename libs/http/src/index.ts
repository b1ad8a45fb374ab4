export { type ServerSentEvent, sendEvents } from './event-stream.ts';
export { createHttpApp, type HttpApp, type HttpAppOptions } from './http-app.ts';
export { createOpsServer, type OpsServer, type OpsServerOptions } from './ops-server.ts';
export { ERRORS_PAGE, errorsPage, problemOf, type TranslateError } from './problem-answer.ts';
export { type Readiness, type Ready, readiness } from './readiness.ts';
