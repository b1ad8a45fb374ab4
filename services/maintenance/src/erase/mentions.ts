import type { SourceScope } from '@slipstream/contracts';
import { type Bus, messagesOf } from '@slipstream/jetstream';

/** Finds out whether bytes that are kept without a brand, or for all of one, come from the scope. */
export interface Mentions {
  readonly in: (bytes: Uint8Array) => boolean;
  /** Whether one of the messages does. */
  inStream(bus: Bus, stream: string, subject: string): Promise<boolean>;
}

/**
 * By the addresses that the knowledge came from, which every quotation names, and, for a whole
 * brand, by the field `brand`.
 */
export function createMentions(scope: SourceScope, urls: readonly string[]): Mentions {
  const named = scope.source === undefined ? [`"brand":${JSON.stringify(scope.brand)}`] : [];
  const needles = [...urls, ...named].map((text) => Buffer.from(text));
  const isMentioned = (bytes: Uint8Array): boolean => {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return needles.some((needle) => buffer.includes(needle));
  };
  return {
    in: isMentioned,
    async inStream(bus, stream, subject) {
      for await (const batch of messagesOf(bus, stream, subject)) {
        if (batch.some(({ data }) => isMentioned(data))) return true;
      }
      return false;
    },
  };
}
