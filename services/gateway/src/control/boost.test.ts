import { expect, test } from 'vitest';
import { boosted } from './boost.ts';

const boosts = { urgent: 2, vip: 1, nightly: -1 };

test.each([
  [['urgent'], 'bulk', 'normal'],
  [['urgent', 'vip'], 'low', 'critical'],
  [['urgent', 'vip'], 'normal', 'critical'],
  [['urgent', 'urgent'], 'bulk', 'normal'],
  [['urgent', 'nightly'], 'low', 'normal'],
  [['nightly'], 'bulk', 'bulk'],
  [['other', 'constructor'], 'normal', 'normal'],
] as const)('with the tags %j %s becomes %s', (tags, priority, expected) => {
  expect(boosted(priority, tags, boosts)).toBe(expected);
});
