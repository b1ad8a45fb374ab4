import type { Category } from '@slipstream/contracts';
import { type Bus, directLast, encodeHeaders } from '@slipstream/jetstream';
import type { Hold } from './concurrency.ts';

/** The entry of a category in the bucket `runtime`: who runs under a limit. */
const subjectOf = (category: Category): string => `$KV.runtime.admission.${category}`;

export interface Ledger {
  /** What was held when this ledger was opened. */
  readonly holds: readonly Hold[];
  /** Resolves when what `holds` returns is stored, or something newer. Rejects when somebody else leads. */
  write(holds: () => readonly Hold[]): Promise<void>;
}

/**
 * Opens the entry and takes it over: whoever wrote it before cannot write any more, because each
 * write names the revision that it follows. So a run that was not stored was not given.
 */
export async function openLedger(bus: Bus, category: Category): Promise<Ledger> {
  const subject = subjectOf(category);
  const last = await directLast(bus, 'KV_runtime', subject);
  const text = last && Buffer.from(last.data).toString();
  const holds = text ? (JSON.parse(text) as { holds: Hold[] }).holds : [];
  let revision = last?.seq ?? 0;

  async function store(all: readonly Hold[]): Promise<void> {
    const headers = encodeHeaders({ 'Nats-Expected-Last-Subject-Sequence': String(revision) });
    const body = JSON.stringify({ at: new Date().toISOString(), holds: all });
    revision = (await bus.publisher.publishSurely(subject, body, headers)).seq;
  }
  await store(holds);

  let writing: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  function write(current: () => readonly Hold[]): Promise<void> {
    if (writing !== undefined) {
      next ??= writing.then(() => {
        next = undefined;
        return write(current);
      });
      return next;
    }
    writing = store(current()).finally(() => {
      writing = undefined;
    });
    return writing;
  }
  return { holds, write };
}
