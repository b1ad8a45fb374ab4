import { expect, test } from 'vitest';
import { decodeText, textDecoderFor } from './decode-text.ts';

const ascii = (text: string) => Buffer.from(text, 'latin1');
const nihon = Buffer.from([0x93, 0xfa, 0x96, 0x7b]);

test('the header names the charset', () => {
  expect(decodeText(nihon, 'text/html; charset="Shift_JIS"')).toBe('日本');
  expect(decodeText(Buffer.from([0xb0, 0xa1]), 'text/html;charset=euc-kr')).toBe('가');
});

test('a byte order mark is stronger than the header, and is not part of the text', () => {
  const bytes = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('é')]);
  expect(decodeText(bytes, 'text/html; charset=windows-1252')).toBe('é');
  expect(decodeText(Buffer.from([0xff, 0xfe, 0x41, 0x00]))).toBe('A');
});

test('a meta element or an XML declaration names the charset when the header does not', () => {
  const meta = '<html><head><title>x</title><meta charset=shift_jis>';
  expect(decodeText(Buffer.concat([ascii(meta), nihon]), 'text/html')).toMatch(/日本$/);
  const old = `<META http-equiv="Content-Type" content="text/html; charset=Shift_JIS">`;
  expect(decodeText(Buffer.concat([ascii(old), nihon]))).toMatch(/日本$/);
  const xml = `<?xml version="1.0" encoding="shift_jis"?>`;
  expect(decodeText(Buffer.concat([ascii(xml), nihon]))).toMatch(/日本$/);
});

test('an unknown charset is passed over', () => {
  expect(decodeText(Buffer.from('é'), 'text/html; charset=klingon')).toBe('é');
  expect(decodeText(ascii('<meta charset=utf-16>ok'))).toBe('<meta charset=utf-16>ok');
});

test('without a declaration it is UTF-8, or windows-1252 if it cannot be UTF-8', () => {
  expect(decodeText(Buffer.from('naïve €'))).toBe('naïve €');
  expect(decodeText(Buffer.from([0x80, 0x20, 0xe9]))).toBe('€ é');
});

test.each([
  ['windows-1252', [0x93, 0xe9, 0x94], '“é”'],
  ['ISO-8859-1', [0x80], '€'],
  ['utf-16', [0x41, 0x00, 0xe9, 0x00], 'Aé'],
  ['UTF-16BE', [0x00, 0x41, 0x00, 0xe9], 'Aé'],
  ['gb18030', [0xc4, 0xe3], '你'],
  ['koi8-r', [0xf0], 'П'],
  ['EUC-JP', [0xc6, 0xfc], '日'],
])('%s', (charset, bytes, text) => {
  expect(decodeText(Buffer.from(bytes), `text/html; charset=${charset}`)).toBe(text);
});

test('what comes in parts is decoded across their borders', () => {
  const bytes = Buffer.from('<?xml version="1.0" encoding="UTF-8"?><loc>日本</loc>');
  const decoder = textDecoderFor(bytes.subarray(0, 44), 'application/xml');
  const parts = [bytes.subarray(0, 44), bytes.subarray(44, 45), bytes.subarray(45)];
  const text = parts.map((part) => decoder.decode(part, { stream: true })).join('');
  expect(text).toBe(bytes.toString());
});
