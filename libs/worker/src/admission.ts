import { randomUUID } from 'node:crypto';
import {
  type AcquireAnswer,
  type AcquireRequest,
  type Ask,
  type Category,
  type CategoryLimits,
  type Claim,
  claimOf,
  type Holding,
  subjects,
  type TaskDefinition,
  type TaskMessage,
  type Verdict,
} from '@slipstream/contracts';
import { answers, type Delivery, headerOf } from '@slipstream/jetstream';
import { publishLane } from '@slipstream/tasklog';
import { type Answer, keyOf } from './answer.ts';
import type { PoolParts } from './pool-parts.ts';

/** How long the steward may take to answer. */
const PATIENCE_MS = 2_000;
/** How long a task waits when nobody could be asked, and how soon an end is told again. */
const AGAIN_MS = 1_000;
/** Most asks in one request. */
const MAX_ASKS = 256;

export interface AdmissionOptions {
  readonly category: Category;
  readonly slots: () => number;
  /** What an operator has set. */
  readonly limits: () => CategoryLimits | undefined;
  /** A cancel of this run was broadcast. */
  readonly isCancelled: (key: string) => boolean;
  /** Repeats a message from a thread that handlers cannot block, until the next one. */
  readonly beat: (subject: string, body: string | undefined) => void;
}

export interface Admission extends AsyncDisposable {
  /** What a task is counted under, by the limits as they are now. Undefined: it need not ask. */
  claimOf(definition: TaskDefinition, message: TaskMessage): Claim | undefined;
  /** Asks whether a task may run now. One that has to wait loses no attempt. */
  enter(delivery: Delivery, message: TaskMessage, claim: Claim, attempt: number): Promise<Entry>;
}

/** It runs, and `leave` is called when it has ended; or its delivery gets this answer. */
export type Entry = { readonly leave: () => void } | { readonly answer: Answer };

interface Waiting extends Ask {
  readonly resolve: (verdict: Verdict) => void;
}

/**
 * The worker's side of limits over all replicas. What comes together asks together, one request at
 * a time; each says all that is held, so that an answer, an end or a steward that got lost frees
 * itself with the next one.
 */
export function createAdmission(parts: PoolParts, options: AdmissionOptions): Admission {
  const { bus, log, logger } = parts;
  const { category, slots, limits, isCancelled, beat } = options;
  const instance = `${parts.worker}.${category}.${randomUUID().slice(0, 8)}`;
  const held = new Set<string>();
  let waiting: Waiting[] = [];
  let untold = false;
  let asking: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let asks = 0;
  let number = 0;

  async function request(body: AcquireRequest): Promise<AcquireAnswer | undefined> {
    try {
      const subject = subjects.acquire(category);
      const timeout = { timeout: PATIENCE_MS };
      const reply = await bus.connection.request(subject, JSON.stringify(body), timeout);
      return reply.json<AcquireAnswer>();
    } catch (err) {
      logger.debug({ err, category }, 'nobody answers for limits');
      return undefined;
    }
  }

  async function talk(): Promise<void> {
    // After everything that has arrived together was read.
    await Promise.resolve();
    while (waiting.length > 0 || untold) {
      const group = waiting.slice(0, MAX_ASKS);
      waiting = waiting.slice(MAX_ASKS);
      untold = false;
      const answer = await request({
        instance,
        number: ++number,
        slots: slots(),
        held: [...held],
        asks: group.map(({ ask, task, gen, claim }) => ({ ask, task, gen, claim })),
      });
      group.forEach(({ ask, resolve }, index) => {
        const verdict = answer?.verdicts[index] ?? {
          verdict: 'at',
          at: Date.now() + AGAIN_MS,
          limit: 'concurrency',
        };
        if (verdict.verdict === 'run') held.add(ask);
        resolve(verdict);
      });
      tellThread();
      if (!answer && group.length === 0) return later();
    }
  }

  function later(): void {
    clearTimeout(retry);
    retry = setTimeout(() => tell(), AGAIN_MS);
  }

  function tell(): void {
    untold = true;
    kick();
  }

  function kick(): void {
    asking ??= talk().finally(() => {
      asking = undefined;
      if (waiting.length > 0 || untold) kick();
    });
  }

  function tellThread(): void {
    const body: Holding = { instance, held: [...held] };
    beat(subjects.holding(category), held.size > 0 ? JSON.stringify(body) : undefined);
  }

  async function park(
    { headers }: Delivery,
    message: TaskMessage,
    claim: Claim,
    attempt: number,
    { limit }: Extract<Verdict, { verdict: 'lane' }>,
  ): Promise<void> {
    const parked = { ...message, gen: message.gen + 1, attempts: attempt - 1 };
    const { id, run } = message;
    await publishLane(bus, category, parked, claim, headerOf(headers, 'traceparent'));
    if (isCancelled(keyOf(message))) {
      // The cancel purged the lane, maybe before the task was in it.
      await bus.manager.streams.purge('LANES', { filter: subjects.laneAnywhere(category, id) });
    }
    await log.append({
      type: 'parked',
      id,
      run,
      category,
      at: new Date().toISOString(),
      gen: parked.gen,
      nextAttempt: attempt,
      limit,
      key: claim.key,
      tenant: claim.tenant,
    });
  }

  return {
    claimOf: (definition, message) =>
      claimOf(definition, message, limits()?.kinds?.[definition.kind]),
    async enter(delivery, message, claim, attempt) {
      const ask = `${instance}.${++asks}`;
      const verdict = await new Promise<Verdict>((resolve) => {
        const { id, run, gen } = message;
        waiting.push({ ask, task: `${id}.${run}`, gen, claim, resolve });
        kick();
      });
      const leave = (): void => {
        held.delete(ask);
        tell();
      };
      if (isCancelled(keyOf(message))) {
        leave();
        return { answer: answers.ack };
      }
      if (verdict.verdict === 'lane') {
        await park(delivery, message, claim, attempt, verdict);
        return { answer: answers.ack };
      }
      if (verdict.verdict === 'at') {
        return { answer: answers.nak(Math.max(1, verdict.at - Date.now())) };
      }
      return { leave };
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(retry);
      await asking;
      clearTimeout(retry);
      beat(subjects.holding(category), undefined);
    },
  };
}
