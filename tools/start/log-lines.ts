import { stripVTControlCharacters, styleText } from 'node:util';

export interface LogLine {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly level: Level;
  readonly service: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** Pino's numbers. */
const levels: Record<number, Level> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

const levelColours = {
  trace: 'gray',
  debug: 'gray',
  info: 'green',
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
} as const;

const serviceColours = ['cyan', 'magenta', 'blue', 'yellow', 'green', 'redBright'] as const;

/** Fields that say nothing new to a person in front of a terminal. */
const unshown = new Set(['pid', 'hostname', 'v', 'trace_id', 'span_id']);

/** Reads what a service wrote: a line of pino's JSON, or any text, which has the level given. */
export function readLine(service: string, text: string, now: number, plain: Level): LogLine {
  const record = parseRecord(text);
  if (!record)
    return {
      time: now,
      level: plain,
      service,
      message: stripVTControlCharacters(text),
      fields: {},
    };
  const { level, time, msg, service: _service, ...fields } = record;
  const at = new Date(time as string | number).getTime();
  return {
    time: Number.isNaN(at) ? now : at,
    level: levels[Number(level)] ?? 'info',
    service,
    message: String(msg ?? ''),
    fields,
  };
}

/**
 * Warnings and errors of nats-server's own log; undefined for everything else in it. What it says
 * outside of its log is why it does not start.
 */
export function readNatsLine(text: string, now: number): LogLine | undefined {
  const [, mark = 'ERR', message = text] = /^\[\d+\] \S+ \S+ \[(\w+)\] (.*)$/.exec(text) ?? [];
  if (!['WRN', 'ERR', 'FTL'].includes(mark)) return undefined;
  const level = mark === 'WRN' ? 'warn' : 'error';
  return { time: now, level, service: 'nats-server', message, fields: {} };
}

/** `05:16:01.123 gateway      info  task submitted  taskId=t1 kind=scrape-page` */
export function formatPretty(line: LogLine): string {
  const { err, ...fields } = line.fields;
  const time = new Date(line.time).toTimeString().slice(0, 8);
  const ms = String(line.time % 1000).padStart(3, '0');
  const shown = Object.entries(fields).filter(([name]) => !unshown.has(name));
  const parts = [
    styleText('gray', `${time}.${ms}`),
    styleText(colourOf(line.service), line.service.padEnd(12)),
    styleText(levelColours[line.level], line.level.padEnd(5)),
    line.message,
    ...shown.map(([name, value]) => styleText('gray', `${name}=${brief(value)}`)),
  ];
  return `${parts.join(' ')}${err === undefined ? '' : `\n${explain(err, line.level)}`}`;
}

/** The same line as one record of JSON, in pino's shape. */
export function formatJson({ time, level, service, message, fields }: LogLine): string {
  const number = Object.keys(levels).find((key) => levels[Number(key)] === level);
  return JSON.stringify({ level: Number(number), time, service, msg: message, ...fields });
}

function parseRecord(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined; // text that only looks like a record
  }
}

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

function explain(err: unknown, level: Level): string {
  const { stack, message } = err as { stack?: string; message?: string };
  const text = level === 'error' || level === 'fatal' ? (stack ?? message) : message;
  return String(text ?? JSON.stringify(err)).replaceAll(/^/gm, '    ');
}

function colourOf(service: string): (typeof serviceColours)[number] {
  const sum = [...service].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return serviceColours[sum % serviceColours.length] ?? 'cyan';
}
