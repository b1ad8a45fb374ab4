import { createHash } from 'node:crypto';
import type { PayloadOf, ResultOf, Tasks } from '@slipstream/contracts';
import { type Asked, askedSince, type Bus } from '@slipstream/jetstream';
import { normalQuestion } from '@slipstream/retrieval';
import type { HandlerOf } from '@slipstream/worker';

type Question = PayloadOf<Tasks['answer-question']>;
type Warmed = ResultOf<Tasks['warm-cache']>['brands'][number];

interface Counted {
  readonly question: Question;
  count: number;
}

const DAY_MS = 86_400_000;

/**
 * Asks what was asked often. What the cache has costs nothing; what it has lost, by its age or
 * because the knowledge changed, is answered before somebody waits for it.
 */
export const createWarmCache =
  (bus: Bus, now = Date.now): HandlerOf<'warm-cache'> =>
  async ({ dryRun = false, brand, days = 7, most = 50, atLeast = 3 }, { log, addChildren }) => {
    const since = now() - days * DAY_MS;
    const all = new Map<string | undefined, Map<string, Counted>>();
    for await (const asked of askedSince(bus, { brand, outcome: 'answered' }, since)) {
      // Without its conversation it would be another question.
      if (!asked.followUp) count(all, asked);
    }
    const brands: Warmed[] = [];
    for (const [name, counted] of all) {
      const questions = [...counted.values()];
      const chosen = questions
        .filter((one) => one.count >= atLeast)
        .sort((one, other) => other.count - one.count)
        .slice(0, most);
      const asked = sumOf(questions);
      brands.push({
        brand: name ?? null,
        asked,
        warmed: chosen.length,
        covers: Math.round((sumOf(chosen) / asked) * 1_000) / 1_000,
      });
      if (dryRun) continue;
      const children = chosen.map(({ question }) => {
        const key = createHash('sha256').update(JSON.stringify(question)).digest('hex');
        return { key, kind: 'answer-question', payload: question, priority: 'bulk' } as const;
      });
      await addChildren(children);
    }
    const result = { dryRun, since: new Date(since).toISOString(), brands };
    log.info(result, 'frequent questions asked');
    return result;
  };

function count(all: Map<string | undefined, Map<string, Counted>>, asked: Asked): void {
  const { brand, question, filters, limit } = asked;
  const own = all.get(brand) ?? new Map<string, Counted>();
  all.set(brand, own);
  const key = JSON.stringify([normalQuestion(question), filters ?? null, limit ?? null]);
  const known = own.get(key);
  if (known) known.count += 1;
  else {
    const payload: Question = {
      question,
      ...(brand !== undefined && { brand }),
      ...(filters && { filters }),
      ...(limit !== undefined && { limit }),
    };
    own.set(key, { question: payload, count: 1 });
  }
}

const sumOf = (of: readonly Counted[]): number => of.reduce((sum, one) => sum + one.count, 0);
