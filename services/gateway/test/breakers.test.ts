import { BreakerRegistry } from '@slipstream/resilience';
import { createLogger } from '@slipstream/telemetry';
import { register } from '@slipstream/worker';
import { expect, test, vi } from 'vitest';
import { startGateway } from './gateway.ts';

test('GET /v1/breakers shows the breakers of every process, and when an open one is tried again', async () => {
  await using gateway = await startGateway();
  expect((await gateway.get('/v1/breakers')).body).toEqual({ items: [], nextCursor: null });

  const registry = new BreakerRegistry();
  const broken = registry.breakerFor('model', 'https://model.example/v1');
  registry.breakerFor('store', 'knowledge');
  const fail = () => Promise.reject(new Error('down'));
  for (let call = 0; call < 5; call++) await expect(broken.run(fail)).rejects.toThrow('down');
  const extra = () => ({ breakers: registry.breakerStates() });
  const logger = createLogger('test', 'silent');
  await using _b = register(gateway.bus, { name: 'b', service: 'rag', pools: [], extra }, logger);
  await using _a = register(
    gateway.bus,
    { name: 'a', service: 'embedder', pools: [], extra },
    logger,
  );
  await vi.waitFor(async () => {
    const open = {
      dependency: 'model',
      endpoint: 'https://model.example/v1',
      state: 'open',
      failures: 5,
      since: expect.any(String),
      nextTrialAt: expect.any(String),
    };
    const closed = {
      dependency: 'store',
      endpoint: 'knowledge',
      state: 'closed',
      failures: 0,
      since: expect.any(String),
    };
    expect((await gateway.get('/v1/breakers')).body['items']).toEqual([
      { ...open, worker: 'a', service: 'embedder' },
      { ...open, worker: 'b', service: 'rag' },
      { ...closed, worker: 'a', service: 'embedder' },
      { ...closed, worker: 'b', service: 'rag' },
    ]);
  }, 5_000);
  const { body } = await gateway.get('/v1/health');
  expect(body['alerts']).toContain('the breaker of model https://model.example/v1 is open in a');
});
