import { brandToken, type SourceScope, sourceId, sourceOf } from '@slipstream/contracts';
import { type Bus, messagesOf } from '@slipstream/jetstream';

/**
 * What is erased, or was, in the bucket `erasures`: the fence that keeps older tasks from bringing
 * it back, and how far the erasure is, so that another attempt goes on from there.
 */
export interface Erasure {
  readonly scope: SourceScope;
  /** The task that erases. */
  readonly taskId: string;
  /** Tasks made up to then are over, milliseconds since 1970. */
  readonly atMs: number;
  /** Where it came from: what is kept without a brand is known by these. */
  readonly urls: readonly string[];
  readonly cancelled: number;
  readonly removed: Readonly<Record<string, number>>;
  readonly state: 'running' | 'done';
}

const keyOf = (scope: SourceScope): string =>
  `$KV.erasures.${brandToken(scope.brand)}.${sourceId(scope)}`;

export async function writeErasure(bus: Bus, erasure: Erasure): Promise<void> {
  await bus.publisher.publishSurely(keyOf(erasure.scope), JSON.stringify(erasure));
}

/** Every erasure of a brand in the last 30 days, of parts of it too. */
export async function readErasures(bus: Bus, brand: string): Promise<Erasure[]> {
  const erasures: Erasure[] = [];
  const filter = `$KV.erasures.${brandToken(brand)}.*`;
  for await (const entries of messagesOf(bus, 'KV_erasures', filter)) {
    for (const { data } of entries) {
      if (data.length > 0) erasures.push(JSON.parse(Buffer.from(data).toString()) as Erasure);
    }
  }
  return erasures;
}

/** What a payload says of what it works on. */
interface Work {
  readonly brand?: unknown;
  readonly url?: unknown;
  readonly docId?: unknown;
}

/** Whether a task with this payload works on what the scope names. One that names no URL works on all of its brand. */
export function isWithin(scope: SourceScope, payload: unknown): boolean {
  const { brand, url, docId } = (payload ?? {}) as Work;
  if (brand !== scope.brand) return false;
  if (scope.source === undefined) return true;
  if (scope.docId !== undefined && docId === scope.docId) return true;
  if (typeof url !== 'string' || !URL.canParse(url)) return false;
  return scope.url === undefined ? sourceOf(url) === scope.source : url === scope.url;
}
