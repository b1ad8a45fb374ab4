import type { TaskEvent } from '@slipstream/contracts';
import { connect, followStream } from '@slipstream/jetstream';
import { expect, test, vi } from 'vitest';
import { startSlipstream } from './slipstream.ts';

const COUNT = 10_000;
const task = { kind: 'embed-chunks', payload: { brand: 'Crash', docId: 'none' } };

test('a gateway and an expander that are killed with a batch in their hands lose and repeat no task', async () => {
  await using system = await startSlipstream();
  await using bus = await connect({ url: system.natsUrl, name: 'test' });
  const stored = async (stream: string): Promise<number> =>
    (await bus.manager.streams.info(stream)).state.messages;

  const answer = system.post('/v1/tasks/batch', { tasks: Array(COUNT).fill(task) });
  const broken = expect(answer).rejects.toThrow();
  await vi.waitFor(async () => expect(await stored('BATCHES')).toBe(1), { interval: 5 });
  await system.kill('gateway');
  await broken;
  await vi.waitFor(() => expect(system.pidOf('maintenance')).toBeDefined());
  await system.kill('maintenance');

  /** How often each task was submitted and has ended. */
  const ends = new Map<string, number>();
  const stop = new AbortController();
  for await (const message of followStream(bus, 'EVENTS', { signal: stop.signal })) {
    for (const event of JSON.parse(message.string()) as TaskEvent[]) {
      if (event.category !== 'embedding') continue;
      if (event.type === 'submitted' && !ends.has(event.id)) ends.set(event.id, 0);
      if (event.type === 'succeeded') ends.set(event.id, (ends.get(event.id) ?? 0) + 1);
    }
    if (ends.size === COUNT && [...ends.values()].every((count) => count > 0)) stop.abort();
  }
  expect([...ends.values()].filter((count) => count !== 1)).toEqual([]);
  await vi.waitFor(async () => expect(await stored('BATCHES')).toBe(0), 20_000);
  expect(await stored('TASKS_EMBEDDING')).toBe(0);
}, 240_000);
