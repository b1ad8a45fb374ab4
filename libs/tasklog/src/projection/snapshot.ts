import { subjects } from '@slipstream/contracts';
import { type Bus, directLast, encodeHeaders } from '@slipstream/jetstream';

/** The entry of the bucket `runtime` that names the newest snapshot of the projection. */
const ENTRY = '$KV.runtime.snapshot.projection';
/** No brand's token is this: it is base64url of no text. */
const SPACE = 'projection';

/** A copy of the projection's file, compressed, in parts. */
export interface Snapshot {
  readonly name: string;
  readonly parts: number;
  /** Compressed. */
  readonly bytes: number;
  readonly sha256: string;
  /** Of the schema. */
  readonly version: number;
  /** When EVENTS was made: another log has other numbers. */
  readonly stream: string;
  /** Sequence of the last message in it. */
  readonly seq: number;
  readonly at: string;
  /** The one before, which somebody may be reading. */
  readonly previous?: Pick<Snapshot, 'name' | 'seq'>;
}

export const partOf = (name: string, part: number | '*'): string =>
  subjects.blob(SPACE, name, part);

/** The newest snapshot and the revision of its entry; 0: there is none yet. */
export async function readSnapshot(
  bus: Bus,
): Promise<{ readonly snapshot: Snapshot | undefined; readonly revision: number }> {
  const last = await directLast(bus, 'KV_runtime', ENTRY);
  const text = last && Buffer.from(last.data).toString();
  return {
    snapshot: text ? (JSON.parse(text) as Snapshot) : undefined,
    revision: last?.seq ?? 0,
  };
}

/** Rejects with a `PublishError` when somebody else has written since `revision`. */
export async function writeSnapshot(bus: Bus, snapshot: Snapshot, revision: number): Promise<void> {
  const headers = encodeHeaders({ 'Nats-Expected-Last-Subject-Sequence': String(revision) });
  await bus.publisher.publish(ENTRY, JSON.stringify(snapshot), headers);
}
