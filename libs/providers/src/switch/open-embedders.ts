import { nowText } from '@slipstream/contracts';
import type { Bus } from '@slipstream/jetstream';
import type { Embedder } from '../embedder.ts';
import {
  changeEmbedderRecord,
  type EmbedderRecord,
  type EmbedderSpec,
  readEmbedderRecord,
  recordSubject,
  type StoredRecord,
  switchedTo,
} from './embedder-record.ts';

export interface EmbeddersOptions {
  /** The embedder of the settings, and what it is made of. Disposed with the rest. */
  readonly wanted: Embedder;
  readonly spec: EmbedderSpec;
  /** Makes the embedder of a record that the settings do not name. */
  readonly create: (spec: EmbedderSpec) => Promise<Embedder>;
  /** Called when another embedder is searched from now on, with its id. */
  readonly onSwitch?: (id: string) => void;
  readonly onError: (error: unknown) => void;
  /** How long a replaced embedder serves those who have just taken it, in ms. Default: a minute. */
  readonly lingerMs?: number;
}

/** The embedder that is searched and the one that the settings want: mostly the same. */
export interface Embedders extends AsyncDisposable {
  /** Whose vectors are searched now. Take it once per question: it may be another one next time. */
  readonly active: Embedder;
  readonly wanted: Embedder;
  /** Says that the vectors of `wanted` are needed again: no upkeep drops them. */
  keepWanted(): Promise<void>;
  /** From now on every process searches with `wanted`. False: the record says so already. */
  switchToWanted(): Promise<boolean>;
}

/** A message can be missed while the connection is away; reading again bounds the delay. */
const REREAD_MS = 2_000;

/**
 * Follows the record of whose vectors are searched. Where there is none, that of the settings
 * becomes it. So a change of the settings changes nothing until the vectors of the new embedder are
 * there and somebody calls `switchToWanted`, in whatever process.
 */
export async function openEmbedders(bus: Bus, options: EmbeddersOptions): Promise<Embedders> {
  const { wanted, spec, create, onSwitch, onError, lingerMs = 60_000 } = options;
  const lingering = new Map<Embedder, NodeJS.Timeout>();
  const first = await changeEmbedderRecord(bus, (now) => now ?? switchedTo(spec, now, nowText()));
  let revision = first.revision;
  let active = await firstActive();
  let changing = Promise.resolve();

  async function embedderOf(record: EmbedderRecord | undefined): Promise<Embedder> {
    if (!record || record.active.id === wanted.info.id) return wanted;
    return create(record.active);
  }

  /** Where the old one cannot be made, what has vectors of the new one is found by them. */
  async function firstActive(): Promise<Embedder> {
    try {
      return await embedderOf(first.record);
    } catch (error) {
      onError(error);
      return wanted;
    }
  }

  async function take(stored: StoredRecord): Promise<void> {
    if (stored.revision <= revision) return;
    if (stored.record && stored.record.active.id !== active.info.id) {
      const next = await embedderOf(stored.record);
      await next.warm();
      retire(active);
      active = next;
      onSwitch?.(next.info.id);
    }
    revision = stored.revision;
  }

  /** What is asked of it already shall be answered. The wanted one may be needed again. */
  function retire(embedder: Embedder): void {
    if (embedder === wanted) return;
    const end = () => {
      lingering.delete(embedder);
      embedder[Symbol.asyncDispose]().then(undefined, onError);
    };
    lingering.set(embedder, setTimeout(end, lingerMs));
  }

  /** One change after the other; an error is told, and the next reading tries again. */
  const follow = (stored: () => Promise<StoredRecord>): Promise<void> => {
    changing = changing.then(async () => take(await stored())).catch(onError);
    return changing;
  };
  const reread = (): void => {
    if (!bus.connection.isClosed()) void follow(() => readEmbedderRecord(bus));
  };

  const subscription = bus.connection.subscribe(recordSubject, { callback: reread });
  const unlisten = bus.onStatus((status) => {
    if (status === 'reconnect') reread();
  });
  const timer = setInterval(reread, REREAD_MS);

  return {
    wanted,
    get active() {
      return active;
    },
    async keepWanted() {
      await changeEmbedderRecord(bus, (now) => {
        const kept = now?.retired.filter(({ id }) => id !== wanted.info.id);
        return now && kept?.length !== now.retired.length ? { ...now, retired: kept ?? [] } : now;
      });
    },
    async switchToWanted() {
      let isNew = false;
      const stored = await changeEmbedderRecord(bus, (now) => {
        const then = switchedTo(spec, now, nowText());
        isNew = then !== now;
        return then;
      });
      await follow(async () => stored);
      return isNew;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      unlisten();
      subscription.unsubscribe();
      await changing;
      for (const timeout of lingering.values()) clearTimeout(timeout);
      const open = new Set([wanted, active, ...lingering.keys()]);
      await Promise.all([...open].map((embedder) => embedder[Symbol.asyncDispose]()));
    },
  };
}
