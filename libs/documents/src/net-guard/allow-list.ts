import { BlockList, isIP } from 'node:net';
import { unwrapAddress } from './addresses.ts';

export class AllowListError extends Error {
  override readonly name = 'AllowListError';
}

/** What may be fetched although it is not public. Made by `parseAllowList`. */
export interface AllowList {
  /** The name itself is on the list: whatever address it has is let through. `host` as in `URL.hostname`. */
  hasHost(host: string, port: number): boolean;
  /** The address is on the list, alone or in a range, whichever name led to it. */
  hasAddress(address: string, port: number): boolean;
}

/**
 * Reads the entries of an allow list. An entry is one of
 * - a host name, `wiki.corp`: this very name (no subdomains), whatever it resolves to;
 * - an address, `10.1.2.3` or `[fd00::1]` or `fd00::1`, in any spelling;
 * - a range, `10.0.0.0/8` or `fd00::/8`;
 *
 * and the first two take a port, `wiki.corp:8080`, `127.0.0.1:8090`, `[::1]:8090`, which then is
 * the only one. Addresses and ranges count for literal URLs and for names that resolve to them.
 *
 * @throws AllowListError for an entry that is none of these
 */
export function parseAllowList(entries: readonly string[]): AllowList {
  const hosts = new Map<string, Set<number>>();
  const addresses = new Map<string, Set<number>>();
  const ranges = new BlockList();
  for (const raw of entries) {
    const entry = raw.trim();
    if (entry === '') continue;
    if (entry.includes('/')) addRange(ranges, entry);
    else {
      const { host, port } = parseHost(entry);
      const table = isIP(host) === 0 ? hosts : addresses;
      table.set(host, (table.get(host) ?? new Set()).add(port));
    }
  }
  return {
    hasHost: (host, port) => portFits(hosts.get(host.toLowerCase()), port),
    hasAddress(address, port) {
      const bare = unwrapAddress(address);
      if (portFits(addresses.get(bare), port)) return true;
      return isIP(bare) !== 0 && ranges.check(bare, isIP(bare) === 6 ? 'ipv6' : 'ipv4');
    },
  };
}

const ANY_PORT = -1;

function portFits(ports: ReadonlySet<number> | undefined, port: number): boolean {
  return ports !== undefined && (ports.has(ANY_PORT) || ports.has(port));
}

function addRange(ranges: BlockList, entry: string): void {
  const [network = '', prefix = ''] = entry.split('/');
  const family = isIP(network);
  const bits = Number(prefix);
  if (family === 0 || !/^\d{1,3}$/.test(prefix) || bits > (family === 4 ? 32 : 128))
    throw new AllowListError(`'${entry}' is not a range such as 10.0.0.0/8 or fd00::/8`);
  ranges.addSubnet(network, bits, family === 6 ? 'ipv6' : 'ipv4');
}

function parseHost(entry: string): { host: string; port: number } {
  const bare = isIP(entry) === 6 ? `[${entry}]` : entry;
  const portText = /:(\d{1,5})$/.exec(bare.replace(/^\[.*\]/, ''))?.[1];
  const url = URL.parse(`http://${bare}/`);
  const onlyHost = url !== null && url.username === '' && url.search === '' && url.hash === '';
  if (!onlyHost || /[\s@?#\\*]/.test(entry) || url.pathname !== '/')
    throw new AllowListError(`'${entry}' is not a host, an address, a range or host:port`);
  return {
    host: unwrapAddress(url.hostname),
    port: portText === undefined ? ANY_PORT : Number(portText),
  };
}
