import { createHmac } from 'node:crypto';

export interface SignedMessage {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestampS: number;
  readonly body: string;
}

/**
 * The header `webhook-signature` of Standard Webhooks 1.0: HMAC-SHA256 over id, time and body. A
 * secret that begins with `whsec_` is base64, any other is taken as it is.
 */
export function signWebhook(secret: string, { id, timestampS, body }: SignedMessage): string {
  const encoded = /^whsec_(.*)$/.exec(secret)?.[1];
  const key = encoded === undefined ? Buffer.from(secret) : Buffer.from(encoded, 'base64');
  const mac = createHmac('sha256', key).update(`${id}.${timestampS}.${body}`);
  return `v1,${mac.digest('base64')}`;
}
