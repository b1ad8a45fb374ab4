import { describe, expect, test } from 'vitest';
import { adapters, rowsOf } from './adapters.ts';
import { documentOf } from './chunks.ts';

const small = { id: 'small', dimensions: 4 };

/** German words that no small word gives away: they are taken for English. */
const texts = ['Lautstärke, Einstellungen, Geräte.', 'Werkseinstellungen, Tasten.'];

describe.each(adapters)('%s store', (_, open) => {
  const foundBy =
    (store: Awaited<ReturnType<typeof open>>) =>
    async (query: string): Promise<string[]> =>
      (await store.textSearch(query, 5)).map(({ chunk }) => chunk.text);

  test('a document whose language is given is not asked for it', async () => {
    await using store = await open();
    const document = documentOf('a', 'd', texts, { title: 'Tarn', headingPath: [] });
    await store.writeDocuments([{ ...document, language: 'de' }]);
    expect(await store.languages()).toEqual(['de']);
    expect(await foundBy(store)('Einstellung')).toEqual([texts[0]]);
  });

  test('another language gives the chunks that are there their terms anew, and their vectors stay', async () => {
    await using store = await open();
    const document = documentOf('a', 'd', texts, { title: 'Tarn', headingPath: [] });
    await store.writeDocuments([document]);
    await store.addVectors(small, rowsOf(document, 4));
    expect(await foundBy(store)('Einstellung')).toEqual([]);
    expect(await store.writeDocuments([{ ...document, language: 'de' }])).toEqual([
      { added: 0, unchanged: 2, removed: 0 },
    ]);
    expect(await store.languages()).toEqual(['de']);
    expect(await foundBy(store)('Einstellung')).toEqual([texts[0]]);
    expect(await store.missingVectors(document, small)).toEqual([]);
    // And back again, when the words are asked once more.
    await store.writeDocuments([document]);
    expect(await store.languages()).toEqual(['en']);
    expect(await foundBy(store)('Einstellung')).toEqual([]);
  });

  test('a document that is rebuilt keeps chunks and vectors, in one commit with one that is new', async () => {
    await using store = await open();
    const known = documentOf('a', 'd', ['Red apple.'], { fetchedAt: '2026-01-01T00:00:00.000Z' });
    await store.writeDocuments([known]);
    await store.addVectors(small, rowsOf(known, 4));
    const fresh = documentOf('a', 'e', ['Red pear.']);
    const counts = await store.writeDocuments([{ ...known, rebuild: true }, fresh]);
    expect(counts.map(({ added, unchanged }) => [added, unchanged])).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(await store.chunksOf([known])).toEqual(known.chunks);
    expect(await store.missingVectors(known, small)).toEqual([]);
    expect((await foundBy(store)('red')).sort()).toEqual(['Red apple.', 'Red pear.']);
  });
});
