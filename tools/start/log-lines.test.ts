import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { formatPretty, readLine, readNatsLine } from './log-lines.ts';
import { createOutput } from './output.ts';

const now = Date.parse('2026-01-02T03:04:05.006Z');
const pretty = (service: string, text: string): string =>
  stripVTControlCharacters(formatPretty(readLine(service, text, now, 'info'))).replace(/^\S+ /, '');

test('a record of pino becomes one line with its fields', () => {
  const record = {
    level: 40,
    time: '2026-01-02T03:04:05.006Z',
    service: 'scraper',
    trace_id: 'abc',
    taskId: 't1',
    attempt: 2,
    msg: 'task will be retried',
  };
  expect(pretty('scraper', JSON.stringify(record))).toBe(
    'scraper      warn  task will be retried taskId=t1 attempt=2',
  );
});

test('an error shows its stack below the line, a warning only its message', () => {
  const err = { message: 'boom', stack: 'Error: boom\n    at run' };
  expect(pretty('rag', JSON.stringify({ level: 50, msg: 'failed', err }))).toBe(
    'rag          error failed\n    Error: boom\n        at run',
  );
  expect(pretty('rag', JSON.stringify({ level: 40, msg: 'failed', err }))).toBe(
    'rag          warn  failed\n    boom',
  );
});

test.each(['plain text', '{not json'])('%s is shown as it is', (text) => {
  expect(pretty('rag', text)).toBe(`rag          info  ${text}`);
});

test('of nats-server only warnings and errors are kept', () => {
  const line = (level: string) => `[7] 2026/01/02 03:04:05.006000 [${level}] JetStream is full`;
  expect(readNatsLine(line('INF'), now)).toBeUndefined();
  expect(readNatsLine(line('WRN'), now)).toMatchObject({
    level: 'warn',
    message: 'JetStream is full',
  });
  expect(readNatsLine(line('ERR'), now)).toMatchObject({ level: 'error' });
  expect(readNatsLine('x.conf:1:2: no such setting', now)).toMatchObject({ level: 'error' });
});

test('as JSON every line is a record, and text for a person is left out', () => {
  const written: string[] = [];
  const output = createOutput(
    'json',
    (text) => written.push(text),
    () => now,
  );
  output.line('manual', 'hello', 'stderr');
  output.line('rag', '{"level":30,"time":1,"msg":"ready","port":9}', 'stdout');
  output.say('warn', 'ended', { delayMs: 250 });
  output.show('Slipstream is ready');
  expect(written.map((text) => JSON.parse(text))).toEqual([
    { level: 40, time: now, service: 'manual', msg: 'hello' },
    { level: 30, time: 1, service: 'rag', msg: 'ready', port: 9 },
    { level: 40, time: now, service: 'supervisor', msg: 'ended', delayMs: 250 },
  ]);
});
