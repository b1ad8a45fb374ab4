/** When a host may be asked next, as all who ask it have agreed. */
export interface HostEntry {
  /** Milliseconds since 1970. */
  readonly nextAt: number;
  /** Of the entry; whoever writes names the one that it follows. */
  readonly revision: number;
}

/** Entries by host, each written by compare-and-set. */
export interface HostLedger {
  /** What is known of a host; it may be a moment old, and then a write fails. */
  read(host: string): Promise<HostEntry>;
  /** False: somebody else has written since; `read` knows what by now. */
  write(host: string, nextAt: number, revision: number): Promise<boolean>;
}

/** Of a host that nobody has asked. */
export const freshHost: HostEntry = { nextAt: 0, revision: 0 };

const MAX_HOSTS = 10_000;

/** Entries of the last hosts; whichever is forgotten counts as one that nobody has asked. */
export class RecentHosts {
  readonly #entries = new Map<string, HostEntry>();

  get(host: string): HostEntry | undefined {
    return this.#entries.get(host);
  }

  /** An older revision than the known one changes nothing. */
  set(host: string, entry: HostEntry): void {
    if ((this.#entries.get(host)?.revision ?? -1) > entry.revision) return;
    this.#entries.delete(host);
    this.#entries.set(host, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MAX_HOSTS && oldest !== undefined) this.#entries.delete(oldest);
  }

  forget(host: string): void {
    this.#entries.delete(host);
  }
}

/** A ledger for one process alone. */
export function createLocalLedger(): HostLedger {
  const hosts = new RecentHosts();
  return {
    read: async (host) => hosts.get(host) ?? freshHost,
    async write(host, nextAt, revision) {
      if ((hosts.get(host) ?? freshHost).revision !== revision) return false;
      hosts.set(host, { nextAt, revision: revision + 1 });
      return true;
    },
  };
}
