import { expect, test } from 'vitest';
import { createHostGate, type TurnOptions } from './create-host-gate.ts';
import { createLocalLedger } from './host-ledger.ts';

/** Gates of as many processes, on one clock that moves only when somebody waits. */
function gatesWithClock(count = 1) {
  let nowMs = 1_000;
  const ledger = createLocalLedger();
  const starts: number[] = [];
  const gates = Array.from({ length: count }, () => {
    const gate = createHostGate({
      ledger,
      now: () => nowMs,
      sleep: async (ms) => {
        const until = nowMs + ms;
        await new Promise(setImmediate);
        nowMs = Math.max(nowMs, until);
      },
    });
    return {
      ...gate,
      async turn(host: string, options: Partial<TurnOptions> = {}) {
        const turn = await gate.turn(host, { delayMs: 100, maxWaitMs: 60_000, ...options });
        if (turn.ready) starts.push(nowMs - 1_000);
        return turn;
      },
    };
  });
  return { gates, starts };
}

test('requests to one host keep their distance, other hosts do not wait', async () => {
  const { gates, starts } = gatesWithClock();
  for (const host of ['a', 'a', 'b', 'a']) await gates[0]?.turn(host);
  expect(starts).toEqual([0, 100, 100, 200]);
});

test('processes that share a ledger take turns, whoever comes when', async () => {
  const { gates, starts } = gatesWithClock(3);
  await Promise.all(gates.flatMap((gate) => [gate.turn('a'), gate.turn('a'), gate.turn('a')]));
  expect(starts).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800]);
});

test('who needs no turn is not counted, and waits for nobody', async () => {
  const { gates, starts } = gatesWithClock();
  for (const delayMs of [0, 0, 100]) await gates[0]?.turn('a', { delayMs });
  expect(starts).toEqual([0, 0, 0]);
});

test('a turn that is too far away is not taken, and who is sent away comes back one by one', async () => {
  const { gates, starts } = gatesWithClock();
  await gates[0]?.turn('a', { delayMs: 500 });
  const late = { delayMs: 500, maxWaitMs: 100 };
  expect(await gates[0]?.turn('a', late)).toEqual({ ready: false, afterMs: 500 });
  expect(await gates[0]?.turn('a', late)).toEqual({ ready: false, afterMs: 1_000 });
  expect(await gates[0]?.turn('a', { delayMs: 500, maxWaitMs: 500 })).toEqual({ ready: true });
  expect(starts).toEqual([0, 500]);
});

test('a host that asked to be left alone is left alone by all, also without a delay', async () => {
  const { gates } = gatesWithClock(2);
  await gates[0]?.holdOff('a', 5_000);
  await gates[1]?.holdOff('a', 1_000);
  const now = { delayMs: 0, maxWaitMs: 0 };
  expect(await gates[1]?.turn('a', now)).toEqual({ ready: false, afterMs: 5_000 });
  expect(await gates[1]?.turn('b', now)).toEqual({ ready: true });
});

test('who is stopped while waiting leaves with the reason, and takes no turn', async () => {
  const gate = createHostGate();
  const controller = new AbortController();
  const stopped = new Error('stopped');
  const long = { delayMs: 60_000, maxWaitMs: 60_000, signal: controller.signal };
  await gate.turn('a', long);
  const waiting = gate.turn('a', long);
  controller.abort(stopped);
  await expect(waiting).rejects.toBe(stopped);
  await expect(gate.turn('b', long)).rejects.toBe(stopped);
});
