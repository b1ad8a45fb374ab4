import { expect, test } from 'vitest';
import { terms } from './terms.ts';

test('stop words go, numbers stay, the rest is stemmed', () => {
  expect(terms('How do I charge the XR-200 with batteries?')).toEqual([
    'charg',
    'xr',
    '200',
    'batteri',
  ]);
});

test('accents and case make no difference', () => {
  expect(terms('CAFÉ Größe naïve')).toEqual(['cafe', 'gross', 'naiv']);
});

test('words that turn an answer around are kept', () => {
  expect(terms('It is not off without power')).toEqual(['not', 'off', 'without', 'power']);
});

test('other scripts are words too', () => {
  expect(terms('電源 питание')).toEqual(['電源', 'питание']);
});

test('a number and its unit are two words, written apart or not; a name with a number is one', () => {
  expect(terms('48V')).toEqual(terms('48 V'));
  expect(terms('300ms on USB3, error E103')).toEqual(['300', 'ms', 'usb3', 'error', 'e103']);
});
