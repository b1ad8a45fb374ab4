import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Category,
  finalStates,
  isFinal,
  type TaskEvent,
  type TaskState,
  type TaskTable,
} from '@slipstream/contracts';
import { type Bus, followStream } from '@slipstream/jetstream';
import {
  type ChildChange,
  cancelTask,
  type EventLog,
  type FlowChild,
  type FlowMessage,
  isParked,
  type Projection,
  parseFlow,
  submit,
  type TaskRow,
} from '@slipstream/tasklog';
import type { Logger } from '@slipstream/telemetry';
import { createChildMemory } from './child-memory.ts';
import { fillPayload } from './fill-payload.ts';
import { finalResult } from './final-result.ts';
import { Flow, type WaitingParent } from './flow.ts';
import { outcomeOf, policyOf } from './flow-outcome.ts';

export interface ConductorOptions {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly projection: Projection;
  readonly tasks: TaskTable;
  readonly logger: Logger;
}

/** Above this many children each starts a trace of its own, linked to the parent's. */
const ONE_TRACE_UP_TO = 1_000;
const RELEASED_AT_ONCE = 256;
const PROGRESS_EVERY_MS = 250;
const RETRY_MS = 1_000;
/** Parents remembered after their end; one that is forgotten is looked up again. */
const MAX_DONE = 10_000;
const OPEN_STATES = [
  'scheduled',
  'queued',
  'waiting',
  'running',
  'retrying',
] as const satisfies readonly TaskState[];
/** Open children of an ended parent that are cancelled at once. */
const PAGE = 500;

interface Open {
  readonly flow: Flow;
  readonly unwatch: (() => void)[];
  /** Of whoever added children last. */
  traceparent: string | undefined;
  /** Runs of the parent and of children that were put back: what older runs still say does not count. */
  readonly runs: Map<string, number>;
  progressDue: boolean;
  ending: boolean;
}

/**
 * Releases the children that tasks have added, and ends a parent when all of its children have
 * ended. Everything it knows is rebuilt from FLOWS and the projection, so it may be killed at any
 * instant; two at once do no harm: releases are deduplicated, and the first final event wins.
 * Runs until `signal` aborts.
 */
export async function conduct(options: ConductorOptions, signal: AbortSignal): Promise<void> {
  const { bus, log, projection, tasks, logger } = options;
  const open = new Map<string, Open>();
  const done = new Set<string>();
  const children = createChildMemory(bus);
  const moved = new Set<Open>();
  let position = 0;

  await projection.barrier();
  const { state } = await bus.manager.streams.info('FLOWS');
  const caughtUpAt = state.messages === 0 ? 0 : state.last_seq;
  const ticker = setInterval(() => void tick().catch(report), PROGRESS_EVERY_MS);

  try {
    for await (const message of followStream(bus, 'FLOWS', {
      signal,
      batch: 16,
      onError: report,
    })) {
      const parentId = message.subject.slice('flow.'.length);
      await take(parentId, message.seq, parseFlow(message));
      position = message.seq;
      if (position >= caughtUpAt) for (const entry of open.values()) await settle(entry);
    }
  } finally {
    clearInterval(ticker);
    for (const { unwatch } of open.values()) for (const stop of unwatch) stop();
  }

  async function take(parentId: string, seq: number, message: FlowMessage): Promise<void> {
    if (done.has(parentId) && !(await begunAgain(parentId))) return;
    const entry = open.get(parentId) ?? (await openFlow(parentId));
    if (!entry) return;
    const fresh = entry.flow.add(message, seq);
    if (fresh.length === 0) return;
    children.note(seq, message);
    entry.traceparent = message.traceparent;
    const ids = fresh.map(({ id }) => id);
    for (const child of await projection.ask('statesOf', ids)) {
      if (child.run > 1) entry.runs.set(child.id, child.run);
      entry.flow.released(child.id);
      entry.flow.end(child.id, child.state, child.flowSeq);
    }
    entry.progressDue = true;
    await advance(entry);
  }

  /** Releases every child that may run now. */
  async function advance({ flow, traceparent }: Open): Promise<void> {
    const { parentId } = flow;
    const ready = flow.take();
    const ownTrace = flow.counts.total > ONE_TRACE_UP_TO;
    for (let from = 0; from < ready.length; from += RELEASED_AT_ONCE) {
      const group = ready.slice(from, from + RELEASED_AT_ONCE);
      const found = await Promise.all(group.map(children.childOf));
      await Promise.all(found.map((child) => child && release(flow, child, traceparent, ownTrace)));
      if (!done.has(parentId)) continue;
      await projection.barrier();
      return cancelOpenChildren(parentId);
    }
  }

  /** Whether a parent that had ended was retried since. */
  async function begunAgain(parentId: string): Promise<boolean> {
    await projection.barrier();
    const row = await projection.ask('task', parentId);
    return row !== undefined && !finalStates.has(row.state) && done.delete(parentId);
  }

  async function openFlow(parentId: string): Promise<Open | undefined> {
    const flow = new Flow(parentId);
    const entry: Open = {
      flow,
      unwatch: [],
      traceparent: undefined,
      runs: new Map(),
      progressDue: false,
      ending: false,
    };
    open.set(parentId, entry);
    entry.unwatch.push(
      projection.watch([parentId], ({ event }) => onParent(entry, event)),
      projection.watchChildren(parentId, (changes) => onChildren(entry, changes)),
    );
    // It may return while the watch is on its way, as may children of a leader before: then the
    // questions that follow know.
    await projection.watching();
    // Children that were retried with their parent must not be taken for what they were.
    await projection.barrier();
    const row = await projection.ask('task', parentId);
    if (row) entry.runs.set(parentId, row.run);
    if (row?.state === 'waiting' && !isParked(row)) flow.wait(parentOf(row), row.flowSeq);
    if (row && finalStates.has(row.state)) {
      await close(entry);
      return undefined;
    }
    return entry;
  }

  /** Publishes a child; tries until it is stored, for nothing else would. */
  async function release(
    flow: Flow,
    child: FlowChild,
    traceparent: string | undefined,
    ownTrace: boolean,
  ): Promise<void> {
    const definition = tasks[child.kind];
    if (!definition) {
      logger.error(
        { parentId: flow.parentId, kind: child.kind },
        'a child of an unknown kind waits',
      );
      return;
    }
    const { id, payload, priority } = child;
    const { parentId } = flow;
    while (!signal.aborted) {
      try {
        await submit(bus, log, {
          definition,
          id,
          payload: await fillPayload(bus, projection, parentId, payload),
          parentId,
          traceparent,
          ownTrace,
          logged: true,
          // What a leader before this one left half done comes again while catching up.
          unseen: position >= caughtUpAt,
          ...(priority && { priority }),
        });
        return;
      } catch (err) {
        logger.warn({ err, taskId: id, parentId }, 'child could not be released, trying again');
        await sleep(RETRY_MS);
      }
    }
  }

  function onChildren(entry: Open, changes: readonly ChildChange[]): void {
    for (const { id, run, state, flowSeq } of changes) {
      const known = entry.runs.get(id) ?? 1;
      if (run < known) continue;
      if (run > known) {
        entry.runs.set(id, run);
        entry.flow.reopen(id);
      }
      entry.flow.end(id, state, flowSeq);
    }
    entry.progressDue = true;
    goOnSoon(entry);
  }

  /** What ends in one turn of the loop releases its followers together. */
  function goOnSoon(entry: Open): void {
    if (moved.size === 0) {
      setImmediate(() => {
        const entries = [...moved];
        moved.clear();
        for (const one of entries) void goOn(one).catch(report);
      });
    }
    moved.add(entry);
  }

  async function goOn(entry: Open): Promise<void> {
    await advance(entry);
    await settle(entry);
  }

  function onParent(entry: Open, event: TaskEvent): void {
    if (event.run < (entry.runs.get(event.id) ?? 1)) return;
    entry.runs.set(event.id, event.run);
    if (event.type === 'waiting') {
      entry.flow.wait(event, event.flowSeq);
      void settle(entry).catch(report);
    }
    if (isFinal(event)) void close(entry).catch(report);
  }

  /** Ends the parent if all of its children have ended. */
  async function settle(entry: Open): Promise<void> {
    const parent = position < caughtUpAt ? undefined : entry.flow.ready(position);
    if (!parent || entry.ending || signal.aborted) return;
    entry.ending = true;
    try {
      const { parentId, counts, onFailure } = entry.flow;
      const definition = tasks[parent.kind];
      const outcome = outcomeOf(parentId, parent, counts, policyOf(onFailure, definition));
      const result =
        outcome.type === 'succeeded'
          ? await finalResult(bus, projection, definition, entry.flow)
          : {};
      await log.append({ ...outcome, ...result });
    } finally {
      entry.ending = false;
    }
    await close(entry);
  }

  /** The parent has ended: what is left of its children is cancelled, and the flow is forgotten. */
  async function close(entry: Open): Promise<void> {
    const { parentId } = entry.flow;
    if (!open.delete(parentId)) return;
    done.add(parentId);
    if (done.size > MAX_DONE) done.delete(done.keys().next().value ?? '');
    for (const stop of entry.unwatch) stop();
    await cancelOpenChildren(parentId);
    await bus.manager.streams.purge('FLOWS', { filter: `flow.${parentId}` });
  }

  async function cancelOpenChildren(parentId: string): Promise<void> {
    for (const state of OPEN_STATES) {
      for (let before = {}; ; ) {
        const rows = await projection.list({ parentId, state, limit: PAGE, ...before });
        for (const row of rows) {
          const child = { ...row, category: row.category as Category };
          await cancelTask(bus, log, child, 'its parent has ended');
        }
        if (rows.length < PAGE) break;
        before = { before: rows.at(-1)?.id };
      }
    }
  }

  async function tick(): Promise<void> {
    for (const entry of open.values()) {
      await settle(entry); // again, if its end could not be stored before
      if (!entry.progressDue) continue;
      entry.progressDue = false;
      await showProgress(entry.flow);
    }
  }

  async function showProgress({ parentId, counts }: Flow): Promise<void> {
    const row = await projection.ask('task', parentId);
    if (!row || finalStates.has(row.state)) return;
    const { total, succeeded, failed, cancelled, skipped = 0 } = counts;
    await log.append({
      type: 'progress',
      id: parentId,
      run: row.run,
      category: row.category as Category,
      at: new Date().toISOString(),
      progress: { done: succeeded + failed + cancelled + skipped, total },
      children: counts,
    });
  }

  function report(err: unknown): void {
    if (!signal.aborted) logger.error({ err }, 'conducting failed, it is tried again');
  }
}

const parentOf = (row: TaskRow): WaitingParent => ({
  run: row.run,
  attempt: row.attempt,
  kind: row.kind,
  category: row.category as Category,
  startedAt: new Date(row.startedAt ?? row.createdAt).toISOString(),
  worker: row.worker ?? '',
});
