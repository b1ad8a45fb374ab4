import { ProblemError } from '@slipstream/contracts';
import type { FastifyInstance } from 'fastify';

/** Answers what no route takes: 405 with `allow` where another method would do, otherwise 404. */
export function refuseUnknownRoutes(app: FastifyInstance): void {
  const routes = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    const route = routes.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    routes.set(url, route);
    for (const one of [method].flat()) route.methods.add(one);
  });

  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const allowed = new Set<string>();
    for (const { pattern, methods } of routes.values()) {
      if (pattern.test(path)) for (const method of methods) allowed.add(method);
    }
    if (allowed.size === 0) {
      throw new ProblemError('not-found', `There is nothing at ${request.method} ${path}.`);
    }
    const allow = [...allowed].sort().join(', ');
    reply.header('allow', allow);
    throw new ProblemError('method-not-allowed', `${path} takes ${allow}, not ${request.method}.`);
  });
}

/** `/v1/tasks/:id` and `/docs/*` as expressions over a path. */
function patternOf(url: string): RegExp {
  const source = url
    .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/:[A-Za-z]+/g, '[^/]+')
    .replaceAll('*', '.*');
  return new RegExp(`^${source}/?$`);
}
