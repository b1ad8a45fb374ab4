import { expect, test } from 'vitest';
import { opsPortOf, servicePrograms } from './programs.ts';
import { readSettings } from './settings.ts';

test('without any setting everything has its documented default', () => {
  expect(readSettings({}, '/project')).toEqual({
    host: '127.0.0.1',
    port: 8080,
    natsPort: 4222,
    natsMonitorPort: 8222,
    manualPort: 8081,
    opsPort: 9464,
    dataDir: '/project/data',
    natsMaxStore: '20GB',
    natsServer: 'nats-server',
    scrapeAllow: [],
    logLevel: 'info',
    logFormat: 'pretty',
  });
});

test.each(['0', '65536', 'eighty', '80.5'])('%s is no port', (value) => {
  expect(() => readSettings({ SLIPSTREAM_PORT: value }, '/')).toThrow(
    `SLIPSTREAM_PORT is a port from 1 to 65535, not '${value}'`,
  );
});

test('every service gets a port of its own for health and metrics', () => {
  const settings = readSettings({ SLIPSTREAM_OPS_PORT: '9000' }, '/project');
  expect(opsPortOf(settings)).toEqual({
    gateway: 9000,
    scraper: 9001,
    embedder: 9002,
    rag: 9003,
    maintenance: 9004,
  });
});

test('the sample site is let through beside what the user lets through', () => {
  const settings = readSettings({ SLIPSTREAM_SCRAPE_ALLOW: 'wiki.example.org, 10.0.0.0/8' }, '/');
  const [gateway] = servicePrograms(settings, '/', { HOME: '/home/me' });
  expect(gateway?.env).toMatchObject({
    HOME: '/home/me',
    SLIPSTREAM_SCRAPE_ALLOW: 'wiki.example.org,10.0.0.0/8,127.0.0.1:8081',
    SLIPSTREAM_NATS_URL: 'nats://127.0.0.1:4222',
    SLIPSTREAM_OPS_PORT: '9464',
  });
});
