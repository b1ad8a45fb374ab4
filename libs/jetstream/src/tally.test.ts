import { startNatsServer } from '@slipstream/testing';
import { expect, test } from 'vitest';
import { connect } from './connect.ts';
import { bumpIndexVersion, indexVersion } from './index-version.ts';
import { provision } from './provision.ts';
import { addTallies, readTallies, type Tally } from './tally.ts';

test('what many add at once is one sum by brand and measure, within the minutes asked for', async () => {
  await using nats = await startNatsServer();
  await using bus = await connect({ url: nats.url, name: 'test' });
  await provision(bus);
  const prompt: Tally = { brand: 'Audio & Co.', measure: 'prompt', what: 'a.b/c:1', count: 10 };
  const miss: Tally = { brand: undefined, measure: 'cache', what: 'miss', count: 1 };
  await Promise.all(Array.from({ length: 20 }, () => addTallies(bus, [prompt, miss], Date.now())));
  const early = Date.now() - 600_000;
  const sums = await readTallies(bus, early);
  expect(sums).toHaveLength(2);
  expect(sums).toEqual(
    expect.arrayContaining([
      { ...prompt, count: 200 },
      { ...miss, count: 20 },
    ]),
  );
  await addTallies(bus, [prompt], early - 600_000);
  expect(await readTallies(bus, early)).toContainEqual({ ...prompt, count: 200 });
});

test('the version of a brand rises with its changes, and that of no brand with everybody’s', async () => {
  await using nats = await startNatsServer();
  await using bus = await connect({ url: nats.url, name: 'test' });
  await provision(bus);
  expect([await indexVersion(bus, 'a'), await indexVersion(bus)]).toEqual([0, 0]);
  await bumpIndexVersion(bus, 'a');
  const [a, any] = [await indexVersion(bus, 'a'), await indexVersion(bus)];
  expect(a).toBeGreaterThan(0);
  await bumpIndexVersion(bus, 'b');
  expect(await indexVersion(bus, 'a')).toBe(a);
  expect(await indexVersion(bus)).toBeGreaterThan(any);
});
