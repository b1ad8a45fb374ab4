import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * IPv4 ranges that are not globally reachable, from the IANA special-purpose address registry
 * (RFC 6890 and its updates), and multicast and reserved space.
 */
const closedV4 = blockList('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]);

/** The only IPv6 space that is global unicast; the rest (loopback, local, multicast) is closed. */
const globalV6 = blockList('ipv6', [['2000::', 3]]);

/** Parts of 2000::/3 that reach no host, or wrap an IPv4 address (Teredo, 6to4). */
const closedV6 = blockList('ipv6', [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]);

/**
 * Whether an address may be connected to without being named in an allow list.
 *
 * @param address an IPv4 or IPv6 address in any spelling that `node:net` knows; anything else is
 * not public
 */
export function isPublicAddress(address: string): boolean {
  const bare = unwrapAddress(address);
  if (isIPv4(bare)) return !closedV4.check(bare, 'ipv4');
  return isIPv6(bare) && globalV6.check(bare, 'ipv6') && !closedV6.check(bare, 'ipv6');
}

/**
 * The address that packets really go to: the IPv4 address inside an IPv4-mapped one
 * (`::ffff:127.0.0.1`) or inside the NAT64 prefix (`64:ff9b::7f00:1`, RFC 6052), otherwise the
 * address itself, without brackets and zone.
 */
export function unwrapAddress(address: string): string {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (!isIPv6(bare)) return bare;
  // The URL parser writes every IPv6 address the same way: short, hexadecimal, lower case.
  const short = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const wrapped = /^(?:::ffff:|64:ff9b::)(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})$/.exec(short);
  if (!wrapped) return short;
  const high = Number.parseInt(wrapped[1] ?? '0', 16);
  const low = Number.parseInt(wrapped[2] ?? '0', 16);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** Address ranges by family, as `BlockList` wants them. */
export type AddressRules = readonly (readonly [network: string, prefix: number])[];

function blockList(family: 'ipv4' | 'ipv6', rules: AddressRules): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of rules) list.addSubnet(network, prefix, family);
  return list;
}
