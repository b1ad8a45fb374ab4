import { join } from 'node:path';
import { tasks } from '@slipstream/contracts';
import { admit, conduct } from '@slipstream/flows';
import { type KnowledgeStore, openKnowledgeStore } from '@slipstream/knowledge';
import { type Engine, startEngine, untilDisposed, withRest } from '@slipstream/testkit';
import { runPool } from '@slipstream/worker';
import { readConfig } from '../src/config.ts';
import { startService } from '../src/service.ts';

export interface Scraper extends AsyncDisposable {
  readonly engine: Engine;
  /** What is indexed, read anew. */
  readonly store: KnowledgeStore;
  /** Texts that were embedded so far, in their order. */
  readonly embedded: string[];
}

const embedder = { id: 'test', dimensions: 2 };

/** The scraper in this process, with the leaders that it needs and an embedder that only counts. */
export async function startScraper(env: NodeJS.ProcessEnv = {}): Promise<Scraper> {
  await using opening = new AsyncDisposableStack();
  const engine = opening.use(await startEngine());
  const { bus, log, projection, parts, dir } = engine;
  opening.use(
    untilDisposed((signal) =>
      conduct({ bus, log, projection, tasks, logger: parts.logger }, signal),
    ),
  );
  opening.use(untilDisposed((signal) => admit({ bus, log, tasks, logger: parts.logger }, signal)));
  const store = opening.use(await openKnowledgeStore({ uri: join(dir, 'knowledge') }));
  const embedded: string[] = [];
  const vectors = new Set<string>();
  opening.use(
    runPool(parts, {
      category: 'embedding',
      tasks,
      slots: 3,
      handlers: withRest('embedding', {
        'embed-chunks': async ({ brand, docId }) => {
          // A commit for the vectors of each document would be most of the time of a test.
          const chunks = await store.missingVectors({ brand, docId }, embedder);
          const fresh = chunks.filter(({ id }) => !vectors.has(`${brand} ${id}`));
          for (const { id, text } of fresh) {
            vectors.add(`${brand} ${id}`);
            embedded.push(text);
          }
          return { embedded: fresh.length, embedder: embedder.id };
        },
      }),
    }),
  );
  opening.use(
    await startService(
      readConfig({
        ...engine.env,
        SLIPSTREAM_SCRAPE_ALLOW: '127.0.0.1',
        SLIPSTREAM_ACCELERATORS_DIR: dir,
        ...env,
      }),
    ),
  );
  const stack = opening.move();
  return { engine, store, embedded, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
