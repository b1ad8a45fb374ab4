import { subjects } from '@slipstream/contracts';
import { type Bus, directAll } from '@slipstream/jetstream';

/** A partial result or progress, as workers send it on `live.<id>`. */
export interface LiveMessage {
  /** In LIVE. */
  readonly seq: number;
  /** `progress`, `token`, `citations` and whatever else a handler emits. */
  readonly type: string;
  /** RFC 3339. */
  readonly at: string;
  readonly data: unknown;
}

export function readLive(seq: number, data: Uint8Array): LiveMessage {
  const body = JSON.parse(Buffer.from(data).toString()) as Omit<LiveMessage, 'seq'>;
  return { ...body, seq };
}

/** What LIVE still has of a task after a sequence, oldest first. */
export async function* liveAfter(bus: Bus, id: string, seq: number): AsyncGenerator<LiveMessage> {
  for await (const stored of directAll(bus, 'LIVE', subjects.live(id), seq + 1)) {
    yield readLive(stored.seq, stored.data);
  }
}
