import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Chunk, PayloadOf, ResultOf, Tasks } from '@slipstream/contracts';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { startEngine } from '@slipstream/testkit';
import { readConfig } from '../src/config.ts';
import { startService } from '../src/service.ts';

export type Answer = ResultOf<Tasks['answer-question']>;
export type Question = PayloadOf<Tasks['answer-question']>;

/** An engine with a knowledge store; rag services are started on it. */
export async function startRagEngine() {
  const engine = await startEngine();
  const uri = join(engine.dir, 'knowledge');

  /** Writes a document of one chunk per text. */
  async function write(brand: string, docId: string, texts: readonly string[], title = docId) {
    await using store = await openKnowledgeStore({ uri });
    const chunks = texts.map(
      (text, ordinal): Chunk => ({
        id: createHash('sha256').update(`${docId} ${text}`).digest('hex').slice(0, 32),
        brand,
        source: 'https://docs.example',
        docId,
        url: `https://docs.example/${docId}.html`,
        title,
        headingPath: [],
        ordinal,
        text,
        fetchedAt: '2026-11-01T00:00:00.000Z',
      }),
    );
    await store.writeDocuments([{ brand, docId, chunks }]);
  }

  return {
    ...engine,
    uri,
    write,
    start: (more: NodeJS.ProcessEnv = {}) =>
      startService(
        readConfig({
          ...engine.env,
          ...more,
        }),
      ),
    /** Asks and waits for the end; the task with its id. */
    askForTask: async (payload: Question) => ({
      task: await engine.completed('answer-question', payload),
    }),
    ask: async (question: string | Question): Promise<Answer> => {
      const payload = typeof question === 'string' ? { question, brand: 'Quillmere' } : question;
      return (await engine.completed('answer-question', payload)).result as Answer;
    },
  };
}

export type RagEngine = Awaited<ReturnType<typeof startRagEngine>>;
