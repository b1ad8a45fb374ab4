import { expect, test } from 'vitest';
import { parseRobots } from './parse-robots.ts';
import { robotsVerdict } from './robots-verdict.ts';

const agent = 'SlipstreamBot/1.0 (+https://example.com/bot)';
const url = 'https://x.org/robots.txt';

test('the group of the agent counts, the longest rule wins, and * and $ are wildcards', () => {
  const robots = parseRobots(
    `User-agent: *\nDisallow: /\n\nUser-Agent: slipstreambot\nDisallow: /private/\nAllow: /private/open\nDisallow: /*.cgi$\nCrawl-delay: 2.5\n`,
    url,
  );
  expect(robots.allowed('https://x.org/docs', agent)).toBe(true);
  expect(robots.allowed('https://x.org/private/a', agent)).toBe(false);
  expect(robots.allowed('https://x.org/private/open/a', agent)).toBe(true);
  expect(robots.allowed('https://x.org/a.cgi', agent)).toBe(false);
  expect(robots.allowed('https://x.org/docs', 'OtherBot')).toBe(false);
  expect(robots.crawlDelayS(agent)).toBe(2.5);
  expect(robots.crawlDelayS('OtherBot')).toBeUndefined();
});

test('an empty file allows everything, another origin is not its matter', () => {
  const robots = parseRobots('\uFEFF', url);
  expect(robots.allowed('https://x.org/a', agent)).toBe(true);
  expect(robots.allowed('https://y.org/a', agent)).toBe(false);
});

test('sitemaps are made absolute', () => {
  const robots = parseRobots(
    'Sitemap: /map.xml\nsitemap: https://cdn.x.org/m.xml\nSitemap: ftp://x',
    url,
  );
  expect(robots.sitemaps).toEqual(['https://x.org/map.xml', 'https://cdn.x.org/m.xml']);
});

test('a rule beyond 500 KiB is ignored, and the cut line does not become another rule', () => {
  const padding = `# ${'x'.repeat(510)}\n`.repeat(998);
  const robots = parseRobots(`User-agent: *\n${padding}Disallow: /${'a'.repeat(2_000)}\n`, url);
  expect(robots.allowed(`https://x.org/${'a'.repeat(1_500)}`, agent)).toBe(true);
});

test('a file that is not there allows everything, a server in trouble nothing for now', () => {
  expect([200, 204].map(robotsVerdict)).toEqual(['parse', 'parse']);
  expect([301, 401, 403, 404, 410].map(robotsVerdict)).toEqual(Array(5).fill('allow-all'));
  expect([429, 500, 503].map(robotsVerdict)).toEqual(Array(3).fill('retry-later'));
  expect(robotsVerdict('unreachable')).toBe('retry-later');
});
