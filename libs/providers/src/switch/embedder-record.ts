import {
  type Bus,
  directLast,
  encodeHeaders,
  JS_ERRORS,
  PublishError,
} from '@slipstream/jetstream';
import type { EmbedderSettings } from '../embedders.ts';

/** What it takes to ask with the vectors of an embedder once more: its settings without its key. */
export interface EmbedderSpec
  extends Pick<
    EmbedderSettings,
    | 'provider'
    | 'baseUrl'
    | 'model'
    | 'folder'
    | 'version'
    | 'dimensions'
    | 'queryPrefix'
    | 'passagePrefix'
  > {
  readonly id: string;
}

/** Whose vectors are searched, over all processes. */
export interface EmbedderRecord {
  readonly active: EmbedderSpec;
  /** When it became that, RFC 3339. */
  readonly since: string;
  /** Ids whose vectors nobody needs any more, and since when. */
  readonly retired: readonly { readonly id: string; readonly at: string }[];
}

/** The record with its revision: a higher one is newer. */
export interface StoredRecord {
  readonly revision: number;
  readonly record: EmbedderRecord | undefined;
}

/** Who subscribes to it hears of every change. */
export const recordSubject = '$KV.runtime.embedder';

/** Whose vectors are searched now. Without a record: those of the settings. */
export async function readEmbedderRecord(bus: Bus): Promise<StoredRecord> {
  const last = await directLast(bus, 'KV_runtime', recordSubject);
  const text = last && Buffer.from(last.data).toString();
  return {
    revision: last?.seq ?? 0,
    record: text ? (JSON.parse(text) as EmbedderRecord) : undefined,
  };
}

/**
 * Changes the record, atomically: `change` is called again with what another process has left
 * meanwhile. When it returns what it got, nothing is written.
 */
export async function changeEmbedderRecord(
  bus: Bus,
  change: (current: EmbedderRecord | undefined) => EmbedderRecord | undefined,
): Promise<StoredRecord> {
  for (;;) {
    const stored = await readEmbedderRecord(bus);
    const record = change(stored.record);
    if (record === undefined || record === stored.record) return stored;
    const headers = encodeHeaders({
      'Nats-Expected-Last-Subject-Sequence': String(stored.revision),
    });
    try {
      const { seq } = await bus.publisher.publish(recordSubject, JSON.stringify(record), headers);
      return { revision: seq, record };
    } catch (error) {
      const raced = error instanceof PublishError && error.code === JS_ERRORS.wrongLastSequence;
      if (!raced) throw error;
    }
  }
}

/** The record in which `spec` is searched and the one before it is retired. */
export function switchedTo(
  spec: EmbedderSpec,
  before: EmbedderRecord | undefined,
  at: string,
): EmbedderRecord {
  if (!before) return { active: spec, since: at, retired: [] };
  if (before.active.id === spec.id) return before;
  const others = before.retired.filter(({ id }) => id !== spec.id && id !== before.active.id);
  return { active: spec, since: at, retired: [...others, { id: before.active.id, at }] };
}
