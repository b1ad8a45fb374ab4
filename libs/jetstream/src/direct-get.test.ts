import { startNatsServer } from '@slipstream/testing';
import { expect, test } from 'vitest';
import { connect } from './connect.ts';
import { directLatest } from './direct-get.ts';
import { provision } from './provision.ts';

test('a key that is rewritten while all are read comes once, as it is then', async () => {
  await using nats = await startNatsServer();
  await using bus = await connect({ url: nats.url, name: 'test' });
  await provision(bus);
  const keys = Array.from({ length: 20 }, (_, n) => `$KV.runtime.worker.w${n}`);
  const write = (value: number) =>
    Promise.all(keys.map((key) => bus.publisher.publish(key, String(value))));
  await write(0);
  for (let round = 1; round <= 5; round += 1) {
    const [found] = await Promise.all([
      directLatest(bus, 'KV_runtime', '$KV.runtime.worker.*'),
      write(round),
    ]);
    expect(found.map(({ subject }) => subject).sort()).toEqual([...keys].sort());
  }
});
