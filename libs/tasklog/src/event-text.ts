import type { TaskEvent } from '@slipstream/contracts';

/** Below this many characters no event is measured: with all its UTF-8 it fits any server. */
const SMALL = 256 * 1_024;

/**
 * An event as the log holds it. Throws when the server would refuse it (`maxBytes`: its
 * `max_payload`), so that it fails alone, at once, and not with those that share its message.
 */
export function eventText(event: TaskEvent, maxBytes = 1 << 20): string {
  const text = JSON.stringify(event);
  if (text.length <= SMALL) return text;
  // Of the message around it: two brackets.
  const bytes = Buffer.byteLength(text) + 2;
  if (bytes <= maxBytes) return text;
  throw new EventTooLargeError(
    `the event '${event.type}' of task ${event.id} has ${bytes} bytes, and the log takes at most ${maxBytes} (max_payload of nats-server): keep large payloads and results as blobs, and the event refers to them`,
  );
}

export class EventTooLargeError extends Error {
  override readonly name = 'EventTooLargeError';
}
