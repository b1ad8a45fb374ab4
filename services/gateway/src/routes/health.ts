import { type HttpApp, readiness } from '@slipstream/http';
import { serveMetrics } from '@slipstream/telemetry';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { HealthSchema, readHealth } from '../status/health.ts';
import { readReady } from '../status/ready.ts';
import { anyProblem } from './shapes.ts';

const tags = ['operations'];

export function healthRoutes(app: HttpApp, parts: GatewayParts): void {
  app.get(
    '/v1/health',
    {
      schema: {
        tags,
        operationId: 'getHealth',
        summary: 'How the system is, per dependency and per category, with alerts in words',
        response: { 200: HealthSchema, ...anyProblem },
      },
    },
    () => readHealth(parts),
  );

  app.get(
    '/livez',
    {
      schema: {
        tags,
        operationId: 'getLivez',
        summary: 'The process answers',
        response: { 200: Type.Object({ alive: Type.Boolean() }) },
      },
    },
    async () => ({ alive: true }),
  );

  const Readiness = Type.Object({
    ready: Type.Boolean(),
    checks: Type.Record(Type.String(), Type.String()),
  });
  app.get(
    '/readyz',
    {
      schema: {
        tags,
        operationId: 'getReadyz',
        summary: 'The gateway can do its work; otherwise 503 with what is wrong',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const state = await readiness(() => readReady(parts));
      return reply.code(state.ready ? 200 : 503).send({ ...state, checks: { ...state.checks } });
    },
  );

  app.get(
    '/metrics',
    {
      schema: {
        tags,
        operationId: 'getMetrics',
        summary: 'What Prometheus reads',
        response: { 200: { content: { 'text/plain': { schema: Type.String() } } } },
      },
    },
    (request, reply) => {
      reply.hijack();
      reply.raw.setHeader('x-trace-id', String(reply.getHeader('x-trace-id')));
      serveMetrics(request.raw, reply.raw);
    },
  );
}
