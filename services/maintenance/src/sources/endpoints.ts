import {
  type FoundSource,
  type SourcePage,
  type SourceQuestion,
  subjects,
} from '@slipstream/contracts';
import type { MicroEndpoint } from '@slipstream/jetstream';
import { memoryPlace } from '../erase/buckets.ts';
import { createDescriber } from './describe-source.ts';
import { type KnownSource, knownSources } from './known-sources.ts';
import { createPayloads, type SourceParts } from './source-parts.ts';

const DEFAULT_LIMIT = 50;

/** Sources over NATS, for the gateway: it opens no store, and all of it is read anew each time. */
export function sourceEndpoints(opened: Omit<SourceParts, 'payloads'>): readonly MicroEndpoint[] {
  const parts: SourceParts = { ...opened, payloads: createPayloads(opened.bus) };

  async function list({
    brand,
    limit = DEFAULT_LIMIT,
    cursor,
  }: SourceQuestion): Promise<SourcePage> {
    const all = await knownSources(parts, brand);
    const from = cursor === undefined ? 0 : all.findIndex((one) => isAfter(one, cursor));
    const page = from === -1 ? [] : all.slice(from, from + limit);
    const describe = createDescriber(parts);
    const items = [];
    for (const one of page) items.push((await describe(one)).source);
    const last = page.at(-1);
    return { items, nextCursor: last && last !== all.at(-1) ? cursorOf(last) : null };
  }

  async function find({ id }: SourceQuestion): Promise<FoundSource | null> {
    const known = (await knownSources(parts)).find((one) => one.id === id);
    return known ? createDescriber(parts)(known) : null;
  }

  /** Forgets what the pages of a source were like: the next crawl reads all of them. */
  async function forget({ id }: SourceQuestion): Promise<{ forgotten: number }> {
    const known = (await knownSources(parts)).find((one) => one.id === id);
    const counts = known
      ? await memoryPlace({ ...parts, scope: known.scope }, 'pages').erase()
      : {};
    return { forgotten: counts['pages'] ?? 0 };
  }

  return Object.entries({ list, find, forget }).map(([verb, answer]) => ({
    name: `sources-${verb}`,
    subject: subjects.sources(verb as 'list' | 'find' | 'forget'),
    handle: async (request) => {
      await parts.projection.barrier();
      return answer(request.json<SourceQuestion>());
    },
  }));
}

const cursorOf = ({ scope, url }: KnownSource): string =>
  Buffer.from(JSON.stringify([scope.brand, url])).toString('base64url');

function isAfter({ scope, url }: KnownSource, cursor: string): boolean {
  const [brand = '', lastUrl = ''] = JSON.parse(
    Buffer.from(cursor, 'base64url').toString(),
  ) as string[];
  return scope.brand > brand || (scope.brand === brand && url > lastUrl);
}
