import type { Stream } from './launch.ts';
import { formatJson, formatPretty, type Level, readLine, readNatsLine } from './log-lines.ts';

/** How much text that is no record of a logger weighs. */
const plainLevel = { stdout: 'info', stderr: 'warn' } as const;

/** Where everything that the local system says goes: one line after the other. */
export interface Output {
  /** A line that a program wrote. */
  line(service: string, text: string, stream: Stream): void;
  /** A line of our own. */
  say(level: Level, message: string, fields?: Record<string, unknown>): void;
  /** Text for a person, left out where a machine reads. */
  show(text: string): void;
}

/** `json` keeps the services' records and wraps everything else in one. */
export function createOutput(
  format: 'pretty' | 'json',
  write: (text: string) => void,
  now: () => number = Date.now,
): Output {
  const formatLine = format === 'json' ? formatJson : formatPretty;
  return {
    line(service, text, stream) {
      const isNats = service === 'nats-server';
      const line = isNats
        ? readNatsLine(text, now())
        : readLine(service, text, now(), plainLevel[stream]);
      if (line) write(`${formatLine(line)}\n`);
    },
    say(level, message, fields = {}) {
      const line = { time: now(), level, service: 'supervisor', message, fields };
      write(`${formatLine(line)}\n`);
    },
    show(text) {
      if (format === 'pretty') write(`${text}\n`);
    },
  };
}
