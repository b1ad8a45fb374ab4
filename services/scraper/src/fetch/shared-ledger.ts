import {
  type Bus,
  directLast,
  encodeHeaders,
  followStream,
  JS_ERRORS,
  PublishError,
} from '@slipstream/jetstream';
import { freshHost, type HostEntry, type HostLedger, RecentHosts } from './host-ledger.ts';

/**
 * The ledger of all scrapers: the bucket `hosts`. Every process follows it, so that a host that asks
 * to be left alone is left alone by all of them, and reading costs nothing.
 *
 * @param onError told why the bucket cannot be followed; it is tried again
 */
export function openSharedLedger(
  bus: Bus,
  onError: (error: unknown) => void,
): HostLedger & AsyncDisposable {
  const hosts = new RecentHosts();
  const stop = new AbortController();

  async function readNow(host: string): Promise<HostEntry> {
    const last = await directLast(bus, 'KV_hosts', subjectOf(host));
    const entry = last ? { ...entryIn(last.data), revision: last.seq } : freshHost;
    hosts.forget(host);
    hosts.set(host, entry);
    return entry;
  }

  const following = (async () => {
    for await (const { subject, seq, data } of followStream(bus, 'KV_hosts', {
      signal: stop.signal,
      onError,
    })) {
      hosts.set(hostOf(subject), { ...entryIn(data), revision: seq });
    }
  })();

  return {
    read: async (host) => hosts.get(host) ?? readNow(host),
    async write(host, nextAt, revision) {
      const expected = { 'Nats-Expected-Last-Subject-Sequence': String(revision) };
      try {
        const body = JSON.stringify({ nextAt });
        const { seq } = await bus.publisher.publishSurely(
          subjectOf(host),
          body,
          encodeHeaders(expected),
        );
        hosts.set(host, { nextAt, revision: seq });
        return true;
      } catch (error) {
        const lost = error instanceof PublishError && error.code === JS_ERRORS.wrongLastSequence;
        if (!lost) throw error;
        await readNow(host);
        return false;
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await following;
    },
  };
}

const PREFIX = '$KV.hosts.';

/** A host with its port as one token. */
const subjectOf = (host: string): string => PREFIX + Buffer.from(host).toString('base64url');

const hostOf = (subject: string): string =>
  Buffer.from(subject.slice(PREFIX.length), 'base64url').toString();

const entryIn = (data: Uint8Array): { nextAt: number } =>
  data.length === 0 ? freshHost : (JSON.parse(Buffer.from(data).toString()) as { nextAt: number });
