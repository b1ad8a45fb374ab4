import { randomBytes } from 'node:crypto';
import { startNatsServer } from '@slipstream/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brandLanguage, setBrandLanguage } from './brand-language.ts';
import { type Bus, connect } from './connect.ts';
import { erasePageText, getPageText, putPageText } from './page-texts.ts';
import { provision } from './provision.ts';

const stack = new AsyncDisposableStack();
let bus: Bus;
beforeAll(async () => {
  const nats = stack.use(await startNatsServer());
  bus = stack.use(await connect({ url: nats.url, name: 'test' }));
  await provision(bus);
});
afterAll(() => stack.disposeAsync());

const page = { brand: 'Audio & Co.', docId: 'd1' };
const source = 'https://docs.example';

test('of a text the newest is kept, however long it or the one before was, until it is erased', async () => {
  // Three parts: dice cannot be deflated.
  const long = randomBytes(700_000).toString('base64');
  await putPageText(bus, { ...page, source }, long);
  expect(await getPageText(bus, page)).toBe(long);
  await putPageText(bus, { ...page, source }, 'Short: ä ☃');
  await putPageText(bus, { ...page, docId: 'd2', source }, '');
  expect(await getPageText(bus, page)).toBe('Short: ä ☃');
  const { state } = await bus.manager.streams.info('TEXTS');
  expect(state.messages).toBe(2);
  await erasePageText(bus, page);
  expect(await getPageText(bus, page)).toBeUndefined();
  expect(await getPageText(bus, { ...page, docId: 'd2' })).toBe('');
});

test('a text of which a part is missing is none', async () => {
  await putPageText(bus, { ...page, source }, randomBytes(700_000).toString('base64'));
  await bus.manager.streams.purge('TEXTS', { filter: 'text.*.d1.1' });
  expect(await getPageText(bus, page)).toBeUndefined();
});

test('the language of a brand is the one that was set last, and none after it was taken back', async () => {
  expect(await brandLanguage(bus, page.brand)).toBeUndefined();
  await setBrandLanguage(bus, page.brand, 'de');
  await setBrandLanguage(bus, page.brand, 'fr');
  expect(await brandLanguage(bus, page.brand)).toBe('fr');
  expect(await brandLanguage(bus, 'another')).toBeUndefined();
  await setBrandLanguage(bus, page.brand);
  expect(await brandLanguage(bus, page.brand)).toBeUndefined();
});
