import { isPublicAddress } from './addresses.ts';
import type { AllowList } from './allow-list.ts';

/**
 * The addresses of a name that a connection may use: public ones, those on the allow list, and
 * all of them if the name itself is on it. Empty: the name must not be connected to.
 *
 * @param addresses what the name resolved to. The connection has to go to one of the returned
 * addresses without resolving again; that is what defeats DNS rebinding.
 */
export function usableAddresses<Address extends string | { readonly address: string }>(
  host: string,
  port: number,
  addresses: readonly Address[],
  allow: AllowList,
): Address[] {
  if (allow.hasHost(host, port)) return [...addresses];
  return addresses.filter((one) => {
    const address = typeof one === 'string' ? one : one.address;
    return isPublicAddress(address) || allow.hasAddress(address, port);
  });
}
