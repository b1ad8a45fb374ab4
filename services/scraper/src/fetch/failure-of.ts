import { PrivateAddressError } from '@slipstream/documents/guarded-agent';
import type { Denied, Retry } from './fetch-result.ts';
import { BodyTooLargeError, UnknownEncodingError } from './read-body.ts';

/** What an error on the way to a URL means: never again, or later. */
export function failureOf(error: unknown, url: string): Denied | Retry {
  const message = error instanceof Error ? error.message : String(error);
  const denied = (why: Denied['why']): Denied => ({ outcome: 'denied', url, why, message });
  if (error instanceof PrivateAddressError) return denied('private-address');
  if (error instanceof BodyTooLargeError) return denied('too-large');
  if (error instanceof UnknownEncodingError) return denied('content-encoding');
  const why = codeOf(error);
  // A certificate does not become valid within the retries of a task.
  if (/CERT|TLS|SELF_SIGNED|LEAF_SIGNATURE|ERR_SSL/.test(why)) return denied('tls');
  return { outcome: 'retry', url, why, message };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name;
}
