import type { LookupAddress } from 'node:dns';
import { lookup as dnsLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { Agent, buildConnector, Pool } from 'undici';
import { type AllowList, checkUrl, HOW_TO_ALLOW, usableAddresses } from '../net-guard/index.ts';

/** A connection that must not be made. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

/** All addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

export interface AgentLimits {
  readonly connectMs: number;
  /** At the same time to one origin. */
  readonly connections: number;
  /** The same for hosts on the allow list. */
  readonly listedConnections: number;
}

export interface GuardedAgentOptions {
  readonly allow: AllowList;
  readonly limits: AgentLimits;
  readonly resolve?: Resolve | undefined;
}

/**
 * An undici agent that connects to allowed addresses only, checked where the connection is made:
 * literal addresses, which never see a resolver, and every address that a name resolves to. The
 * socket connects to the very addresses that were checked, so a name that resolves to something
 * else a moment later (DNS rebinding) gains nothing. Redirects and reused URLs pass here too.
 */
export function createGuardedAgent({
  allow,
  limits,
  resolve = resolveAll,
}: GuardedAgentOptions): Agent {
  const connectors = new Map<number, buildConnector.connector>();
  /** A lookup is not told the port, and rules of the allow list can depend on it. */
  const connectorFor = (port: number) => {
    const known = connectors.get(port);
    if (known) return known;
    const lookup = guardedLookup(allow, port, resolve);
    const connector = buildConnector({ lookup, timeout: limits.connectMs, allowH2: false });
    connectors.set(port, connector);
    return connector;
  };
  return new Agent({
    connect: (options, callback) => {
      const verdict = checkUrl(`${options.protocol}//${hostOf(options)}/`, allow);
      if (verdict.ok) connectorFor(portOf(options))(options, callback);
      else callback(new PrivateAddressError(verdict.message), null);
    },
    factory: (origin, options) => {
      const verdict = checkUrl(String(origin), allow);
      const listed = verdict.ok && verdict.listed;
      const connections = listed ? limits.listedConnections : limits.connections;
      return new Pool(origin, { ...options, connections });
    },
    allowH2: false,
  });
}

function portOf({ port, protocol }: buildConnector.Options): number {
  return port ? Number(port) : protocol === 'https:' ? 443 : 80;
}

function hostOf(options: buildConnector.Options): string {
  const { hostname } = options;
  const bare = hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname;
  return `${bare}:${portOf(options)}`;
}

/** A resolver for `connect` of node:net that gives none but usable addresses. */
export function guardedLookup(
  allow: AllowList,
  port: number,
  resolve: Resolve = resolveAll,
): LookupFunction {
  return (host, { all }, callback) => {
    resolve(host).then(
      (addresses) => {
        const usable = usableAddresses(host, port, addresses, allow);
        const [first] = usable;
        if (first === undefined) {
          const found = addresses.map(({ address }) => address).join(', ') || 'nothing';
          const message = `${host} resolves to ${found}, not to a public address${HOW_TO_ALLOW}`;
          callback(new PrivateAddressError(message), '');
        } else if (all) callback(null, usable);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}

function resolveAll(host: string): Promise<LookupAddress[]> {
  return dnsLookup(host, { all: true });
}
