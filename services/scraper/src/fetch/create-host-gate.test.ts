import { expect, test } from 'vitest';
import { createHostGate } from './create-host-gate.ts';

/** A clock that moves only when somebody waits. */
function gateWithClock(delayMs: number) {
  let nowMs = 1_000;
  const waits: number[] = [];
  const gate = createHostGate({
    delayMs,
    now: () => nowMs,
    sleep: async (ms) => {
      waits.push(ms);
      nowMs += ms;
    },
  });
  return { gate, waits };
}

test('requests to one host keep their distance, other hosts do not wait', async () => {
  const { gate, waits } = gateWithClock(100);
  for (const host of ['a', 'a', 'b', 'a']) await gate.turn(host, { maxWaitMs: 1_000 });
  expect(waits).toEqual([100, 100]);
});

test('the crawl delay of a site counts if it is longer, up to 30 s', async () => {
  const { gate, waits } = gateWithClock(100);
  for (const crawlDelayS of [2, 0.01, 900, 0])
    await gate.turn('a', { maxWaitMs: 60_000, crawlDelayS });
  expect(waits).toEqual([2_000, 100, 30_000]);
});

test('a turn that is too far away is not taken', async () => {
  const { gate, waits } = gateWithClock(500);
  await gate.turn('a', { maxWaitMs: 100 });
  expect(await gate.turn('a', { maxWaitMs: 100 })).toEqual({ ready: false, afterMs: 500 });
  expect(await gate.turn('a', { maxWaitMs: 500 })).toEqual({ ready: true });
  expect(waits).toEqual([500]);
});

test('a host that asked to be left alone is left alone', async () => {
  const { gate } = gateWithClock(0);
  gate.holdOff('a', 5_000);
  gate.holdOff('a', 1_000);
  expect(await gate.turn('a', { maxWaitMs: 0 })).toEqual({ ready: false, afterMs: 5_000 });
  expect(await gate.turn('b', { maxWaitMs: 0 })).toEqual({ ready: true });
});

test('who is stopped while waiting leaves with the reason', async () => {
  const gate = createHostGate({ delayMs: 60_000 });
  const controller = new AbortController();
  const stopped = new Error('stopped');
  await gate.turn('a', { maxWaitMs: 60_000 });
  const waiting = gate.turn('a', { maxWaitMs: 60_000, signal: controller.signal });
  controller.abort(stopped);
  await expect(waiting).rejects.toBe(stopped);
  await expect(gate.turn('b', { maxWaitMs: 0, signal: controller.signal })).rejects.toBe(stopped);
});
