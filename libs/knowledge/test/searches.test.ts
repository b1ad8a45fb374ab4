import { describe, expect, test } from 'vitest';
import { adapters, rowsOf } from './adapters.ts';
import { axis, documentOf } from './chunks.ts';

const small = { id: 'small', dimensions: 4 };
const wide = { id: 'acme/wide v2', dimensions: 8 };

/** Languages, dates, and what comes with a hit, in every adapter. */
describe.each(adapters)('%s store', (_, open) => {
  test('the cosines of given chunks are told, near or not, and only of those with a vector', async () => {
    await using store = await open();
    const document = documentOf('a', 'd', ['One.', 'Two.', 'Three.']);
    const bare = documentOf('a', 'e', ['Four.']);
    await store.writeDocuments([document, bare]);
    await store.addVectors(small, rowsOf(document, 4));
    const asked = [...document.chunks.slice(1), ...bare.chunks];
    const hits = await store.similarities(small, axis(4, 1), asked);
    const found = hits.map(({ chunk, score }) => [chunk.text, Math.round(score)]);
    expect(found.sort()).toEqual([
      ['Three.', 0],
      ['Two.', 1],
    ]);
    expect(await store.similarities(small, axis(4, 1), [])).toEqual([]);
    expect(await store.similarities(wide, axis(8, 1), asked)).toEqual([]);
  });

  test('each document is found in its language, whatever form the words have', async () => {
    await using store = await open();
    const german = { title: 'Handbuch', headingPath: [] };
    await store.writeDocuments([
      documentOf('a', 'en', ['The batteries of the mixers are charged with a cable.']),
      documentOf('a', 'de', ['Die Einstellungen der Geräte sind in der Liste.'], german),
    ]);
    const found = async (query: string, brand?: string) =>
      (await store.textSearch(query, 5, brand === undefined ? {} : { brand })).map(
        ({ chunk }) => chunk.docId,
      );
    expect(await store.languages()).toEqual(['en', 'de']);
    expect(await found('How is the battery charging?')).toEqual(['en']);
    expect(await found('Wo ist die Einstellung des Geräts?')).toEqual(['de']);
    // Words that tell no language are tried in each.
    expect(await found('battery')).toEqual(['en']);
    expect(await found('Geräten', 'a')).toEqual(['de']);
    expect(await found('Geräten', 'b')).toEqual([]);
    expect(await store.languages({ brand: 'b' })).toEqual([]);
  });

  test('a search for what has changed since a time finds nothing older', async () => {
    await using store = await open();
    const old = documentOf('a', 'old', ['Red apple.'], { fetchedAt: '2026-01-01T00:00:00.000Z' });
    const fresh = documentOf('a', 'new', ['Red pear.'], { fetchedAt: '2026-06-01T12:00:00.000Z' });
    await store.writeDocuments([old, fresh]);
    for (const document of [old, fresh]) await store.addVectors(small, rowsOf(document, 4));
    const cases = [
      ['2026-06-01T14:00:00+02:00', ['new']],
      ['2026-06-01T12:00:01Z', []],
      ['2025-12-31T23:59:59Z', ['new', 'old']],
    ] as const;
    for (const [since, expected] of cases) {
      const byWords = await store.textSearch('red', 9, { since });
      const byMeaning = await store.vectorSearch(small, axis(4, 0), 9, { since });
      for (const hits of [byWords, byMeaning])
        expect(hits.map(({ chunk }) => chunk.docId).sort()).toEqual(expected);
    }
  });

  test('the chunks of documents come in reading order', async () => {
    await using store = await open();
    const [one, two] = [documentOf('a', 'd', ['A.', 'B.', 'C.']), documentOf('b', 'd', ['D.'])];
    await store.writeDocuments([one, two]);
    expect(await store.chunksOf([one])).toEqual(one.chunks);
    expect(await store.chunksOf([one, two])).toHaveLength(4);
    expect(await store.chunksOf([])).toEqual([]);
  });
});
