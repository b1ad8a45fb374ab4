import type { Json } from './gateway.ts';

/** A server-sent event as a browser would read it. */
export interface ReadEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: Json;
}

/** Reads events until the stream ends or `enough` says so. */
export async function readEvents(
  url: string,
  init: RequestInit = {},
  enough: (event: ReadEvent) => boolean = () => false,
): Promise<ReadEvent[]> {
  const client = new AbortController();
  const { body } = await fetch(url, { ...init, signal: client.signal });
  const events: ReadEvent[] = [];
  let text = '';
  for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = parse(text.slice(0, end));
      text = text.slice(end + 2);
      if (event) events.push(event);
      if (event && enough(event)) {
        client.abort();
        return events;
      }
    }
  }
  return events;
}

function parse(block: string): ReadEvent | undefined {
  const fields = new Map(
    block.split('\n').map((line) => line.split(/: (.*)/s) as [string, string]),
  );
  const event = fields.get('event');
  if (!event) return undefined;
  return { id: fields.get('id'), event, data: JSON.parse(fields.get('data') ?? 'null') as Json };
}
