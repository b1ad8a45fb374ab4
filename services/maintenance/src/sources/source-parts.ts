import type { Bus } from '@slipstream/jetstream';
import type { KnowledgeStore } from '@slipstream/knowledge';
import { type Projection, readTask, type TaskRow } from '@slipstream/tasklog';

export interface SourceParts {
  readonly bus: Bus;
  readonly projection: Projection;
  readonly store: KnowledgeStore;
  readonly payloads: Payloads;
}

/** What the payloads of crawls and ingestions have in common. */
export interface CrawlPayload extends Readonly<Record<string, unknown>> {
  readonly brand?: string;
  readonly url?: string;
}

export interface Payloads {
  /** Undefined past the retention of the log. */
  of(row: TaskRow): Promise<CrawlPayload | undefined>;
}

const MAX_KNOWN = 5_000;

/** Payloads as the log has them; they do not change within a run, so they are read once. */
export function createPayloads(bus: Bus): Payloads {
  const known = new Map<string, CrawlPayload>();
  return {
    async of(row) {
      const key = `${row.id}.${row.run}`;
      const remembered = known.get(key);
      if (remembered) return remembered;
      const payload = (await readTask(bus, row))?.payload as CrawlPayload | undefined;
      if (payload) known.set(key, payload);
      if (known.size > MAX_KNOWN) known.delete(known.keys().next().value ?? '');
      return payload;
    },
  };
}
