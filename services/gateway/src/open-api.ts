import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { tasks } from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import { ProblemSchema } from './routes/shapes.ts';
import { TaskAnswer } from './tasks/task-answer.ts';

type Schema = Record<string, unknown>;

/** OpenAPI 3.1 at `/openapi.json`, made from the routes' schemas, and a browsable page at `/docs`. */
export async function describeApi(app: HttpApp): Promise<void> {
  app.addSchema(TaskAnswer);
  app.addSchema(ProblemSchema);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Slipstream',
        version: '0.1.0',
        description:
          'Documentation sites and PDFs in, answers with sources out; every hop is a durable task.',
      },
      tags: [
        { name: 'knowledge', description: 'Take in documents, search them, ask questions' },
        { name: 'tasks', description: 'Submit, watch and cancel tasks of any kind' },
        { name: 'schedules', description: 'Tasks that the system submits by the clock' },
        { name: 'operations', description: 'What waits, what runs, how it is' },
      ],
    },
    refResolver: { buildLocalReference: ({ $id }) => String($id) },
    transformObject: (documents) => {
      if (!('openapiObject' in documents)) throw new TypeError('the description is not OpenAPI');
      return withKinds(documents.openapiObject as Schema);
    },
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    theme: { title: 'Slipstream API' },
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}

/** Adds what each kind takes and gives, under the names `scrape-page.payload` and `scrape-page.result`. */
function withKinds(description: Schema): Schema {
  const components = description['components'] as { schemas?: Schema } | undefined;
  const kinds = Object.values(tasks).flatMap(({ kind, summary, payload, result }) => [
    [`${kind}.payload`, { description: summary, ...payload }],
    [`${kind}.result`, result],
  ]);
  const schemas = { ...components?.schemas, ...Object.fromEntries(kinds) };
  return { ...description, components: { ...components, schemas } };
}
