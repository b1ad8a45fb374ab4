import { isIP } from 'node:net';
import { unwrapAddress } from './addresses.ts';
import type { AllowList } from './allow-list.ts';
import { usableAddresses } from './usable-addresses.ts';

/** Ends a message about an address that is not public. */
export const HOW_TO_ALLOW =
  ': if it may be fetched all the same, name it in the setting SLIPSTREAM_SCRAPE_ALLOW';

export type UrlVerdict =
  | {
      readonly ok: true;
      readonly url: URL;
      /** The host is on the allow list: intranet documentation, which waits for no politeness. */
      readonly listed: boolean;
    }
  | {
      readonly ok: false;
      readonly why: 'invalid-url' | 'not-http' | 'credentials' | 'private-address';
      readonly message: string;
    };

/**
 * What can be said of a URL without asking DNS. Every spelling of an address (`127.1`, `0x7f.1`,
 * `2130706433`, `[::ffff:127.0.0.1]`) is brought to its one form by the URL parser first. A name
 * that passes here can still resolve to a closed address: `usableAddresses` is the second half.
 */
export function checkUrl(input: string, allow: AllowList): UrlVerdict {
  const url = URL.parse(input);
  if (url === null)
    return {
      ok: false,
      why: 'invalid-url',
      message: `'${input}' is not a URL such as https://docs.example/`,
    };
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return {
      ok: false,
      why: 'not-http',
      message: `${url.protocol} URLs are not fetched, only http and https`,
    };
  if (url.username !== '' || url.password !== '')
    return {
      ok: false,
      why: 'credentials',
      message: 'a URL must not carry user or password: leave them out',
    };

  const host = unwrapAddress(url.hostname);
  const port = portOf(url);
  const known = knownAddresses(host);
  if (known.length > 0 && usableAddresses(host, port, known, allow).length === 0)
    return {
      ok: false,
      why: 'private-address',
      message: `${host} is not a public address${HOW_TO_ALLOW}`,
    };
  const listed = allow.hasHost(host, port) || known.some((one) => allow.hasAddress(one, port));
  return { ok: true, url, listed };
}

/** Addresses that need no DNS: the literal itself, and those of this machine (RFC 6761, 6.3). */
function knownAddresses(host: string): string[] {
  if (isIP(host) !== 0) return [host];
  return /(?:^|\.)localhost\.?$/.test(host) ? ['127.0.0.1', '::1'] : [];
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
