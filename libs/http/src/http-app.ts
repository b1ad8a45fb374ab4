import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { Logger } from '@slipstream/telemetry';
import { fastify } from 'fastify';
import { closeConnectionsOnClose } from './close-connections.ts';
import { endEventStreamsOnClose } from './event-stream.ts';
import { traceRequests } from './http-span.ts';
import { refuseUnknownRoutes } from './not-found.ts';
import { sendProblem, type TranslateError, toProblem } from './problem-answer.ts';
import { validator } from './validator.ts';

export interface HttpAppOptions {
  readonly logger: Logger;
  /** Largest JSON body in bytes. Default 1 MiB. */
  readonly bodyLimit?: number;
  /** What errors of the layers below mean to a client. */
  readonly translateError?: TranslateError;
}

/**
 * Fastify with what every API of the system has: errors as RFC 9457 problem details, requests
 * checked by TypeBox schemas (unknown fields are refused where a schema says so), a span, a
 * duration and an `x-trace-id` for each request, and event streams that end when the app closes.
 */
export function createHttpApp(options: HttpAppOptions) {
  const { logger, bodyLimit = 1 << 20, translateError = () => undefined } = options;
  const app = fastify({
    bodyLimit,
    requestTimeout: 300_000,
    // Longer than the idle time-out of common load balancers (60 s), so that they close first.
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error, request, reply) => {
      sendProblem(toProblem(error, translateError), request, reply as never);
    },
  }).withTypeProvider<TypeBoxTypeProvider>();

  // Text and forms are answered with 415 instead of an odd mistake in the body.
  app.removeContentTypeParser(['text/plain', 'application/json']);
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    // Some clients name the type of a body that they do not send.
    if (body === '') done(null, undefined);
    else parseJson(request, body.toString(), done);
  });
  app.setValidatorCompiler(validator);
  // Response schemas document; TypeScript checks them, and what is sent is what was made.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));

  traceRequests(app);
  refuseUnknownRoutes(app);
  endEventStreamsOnClose(app);
  closeConnectionsOnClose(app);

  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error, translateError);
    const fields = { code: problem.code, method: request.method, url: request.url };
    if (problem.code === 'internal') logger.error({ ...fields, err: error }, 'a request failed');
    else logger.debug({ ...fields, detail: problem.message }, 'a request was refused');
    return sendProblem(problem, request, reply);
  });

  app.addHook('onResponse', async (request, reply) => {
    const { method, url } = request;
    const durationMs = Math.round(reply.elapsedTime);
    logger.debug({ method, url, status: reply.statusCode, durationMs }, 'request answered');
  });
  return app;
}

export type HttpApp = ReturnType<typeof createHttpApp>;
