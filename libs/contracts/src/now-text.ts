let lastMs = 0;
let lastText = '';

/** The time as RFC 3339 with milliseconds. Events of one millisecond share the text: making it costs more than an id. */
export function nowText(): string {
  const now = Date.now();
  if (now !== lastMs) {
    lastMs = now;
    lastText = new Date(now).toISOString();
  }
  return lastText;
}
