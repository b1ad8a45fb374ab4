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

/** RFC 9309, 2.2: path by path, for an agent of the product token `SlipstreamBot`. */
test.each([
  ['the longest match wins', 'Allow: /a/b\nDisallow: /a', '/a/b/c', true],
  ['whatever comes first', 'Disallow: /a\nAllow: /a/b', '/a/c', false],
  ['of equal ones the one that allows', 'Disallow: /page\nAllow: /page', '/page', true],
  ['what no rule fits is allowed', 'Disallow: /a', '/b', true],
  ['an empty rule says nothing', 'Disallow:', '/a', true],
  ['* is any run of characters', 'Disallow: /a/*/c', '/a/b/b/c/d', false],
  ['$ is the end', 'Disallow: /*.php$', '/a.php', false],
  ['$ is the end, and not before it', 'Disallow: /*.php$', '/a.php?x=1', true],
  ['the query belongs to the path', 'Disallow: /*?session=', '/a?session=1', false],
  ['paths tell upper from lower case', 'Disallow: /A', '/a', true],
  ['names of rules do not', 'DISALLOW: /a', '/a', false],
  ['escapes are compared decoded', 'Disallow: /%7Ejoe/', '/~joe/x', false],
  ['letters outside of ASCII are escaped', 'Disallow: /föö', '/f%C3%B6%C3%B6', false],
  ['a comment ends a rule', 'Disallow: /a # all of it', '/a/b', false],
  ['an unknown line changes nothing', 'Noindex: /b\nDisallow: /a', '/a', false],
])('%s', (_, rules, path, allowed) => {
  const robots = parseRobots(`User-agent: *\n${rules}\n`, url);
  expect(robots.allowed(`https://x.org${path}`, agent)).toBe(allowed);
});

test('groups of one agent count together, a group of several names for each, and * only for others', () => {
  const robots = parseRobots(
    'User-agent: a\nUser-agent: SLIPSTREAMBOT\nDisallow: /one\n\nUser-agent: *\nDisallow: /\n\nUser-agent: SlipstreamBot\nDisallow: /two',
    url,
  );
  const paths = ['/one', '/two', '/three'];
  const allowed = (name: string) =>
    paths.map((path) => robots.allowed(`https://x.org${path}`, name));
  expect(allowed(agent)).toEqual([false, false, true]);
  expect(allowed('a')).toEqual([false, true, true]);
  expect(allowed('Slipstream')).toEqual([false, false, false]);
});

test.each(['\r\n', '\r', '\n'])('lines may end in %j', (end) => {
  const robots = parseRobots(['User-agent: *', 'Disallow: /a'].join(end), url);
  expect(robots.allowed('https://x.org/a', agent)).toBe(false);
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
