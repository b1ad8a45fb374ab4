import { describe, expect, test } from 'vitest';
import { adapters, rowsOf } from './adapters.ts';
import { axis, documentOf } from './chunks.ts';

const small = { id: 'small', dimensions: 4 };
const wide = { id: 'acme/wide v2', dimensions: 8 };

/** What every adapter has to do. */
describe.each(adapters)('%s store', (_, open) => {
  test('an empty store answers with nothing, not with an error', async () => {
    await using store = await open();
    expect(await store.textSearch('battery', 5)).toEqual([]);
    expect(await store.vectorSearch(small, axis(4, 0), 5)).toEqual([]);
    expect(await store.get(['none'])).toEqual([]);
    expect(await store.missingVectors({ brand: 'a', docId: 'd' }, small)).toEqual([]);
    expect(await store.listDocuments()).toEqual([]);
    expect(await store.sampleTexts(10)).toEqual([]);
    expect(await store.removeDocuments([{ brand: 'a', docId: 'd' }])).toBe(0);
    expect(await store.erase({ brand: 'a' })).toBe(0);
    expect(await store.writeDocuments([])).toEqual([]);
    expect(await store.stats()).toMatchObject({ chunks: 0, documents: 0, vectors: {} });
    expect(await store.maintain()).toMatchObject({ chunks: 0, vectors: 0 });
  });

  test('a written chunk is found by a form of its words and comes back whole', async () => {
    await using store = await open();
    const guide = documentOf('roland', 'guide', ['Charging the batteries takes 3 hours.'], {
      page: 7,
      headingPath: ['Power', 'Charging | "quick"'],
    });
    const note = documentOf('roland', 'note', ['The display shows the time.']);
    await store.writeDocuments([guide, note]);
    const [hit, ...others] = await store.textSearch('how do I charge a battery', 5);
    expect(hit?.chunk).toEqual(guide.chunks[0]);
    expect(hit?.score).toBeGreaterThan(0);
    expect(others).toEqual([]);
    const [bare] = await store.textSearch('display', 5);
    expect(bare?.chunk).toEqual(note.chunks[0]);
    expect(bare?.chunk).not.toHaveProperty('page');
  });

  test('a word of a title or heading counts more than one of the text', async () => {
    await using store = await open();
    const inText = documentOf('a', 'd1', ['Some words about the equalizer and other things.']);
    const inTitle = documentOf('a', 'd2', ['Some words about the mixer and other things.'], {
      headingPath: ['Equalizer'],
    });
    await store.writeDocuments([inText, inTitle]);
    const hits = await store.textSearch('equalizer', 5);
    expect(hits.map(({ chunk }) => chunk.docId)).toEqual(['d2', 'd1']);
  });

  test.each([
    '"battery" +(charge -hours',
    'text:battery AND *',
    "battery'; DROP TABLE",
    'battery\0',
  ])('the query %j is words, not syntax', async (query) => {
    await using store = await open();
    await store.writeDocuments([documentOf('a', 'd', ['The battery.'])]);
    expect(await store.textSearch(query, 5)).toHaveLength(1);
  });

  test('a query of stop words alone finds nothing', async () => {
    await using store = await open();
    await store.writeDocuments([documentOf('a', 'd', ['What is this?'])]);
    expect(await store.textSearch('what is the of', 5)).toEqual([]);
    expect(await store.textSearch('', 5)).toEqual([]);
  });

  test('writing again changes only what is different', async () => {
    await using store = await open();
    const first = documentOf('a', 'd', ['One is red.', 'Two is green.', 'Three is blue.']);
    expect(await store.writeDocuments([first])).toEqual([{ added: 3, unchanged: 0, removed: 0 }]);
    expect(await store.writeDocuments([first])).toEqual([{ added: 0, unchanged: 3, removed: 0 }]);
    const second = documentOf('a', 'd', ['One is red.', 'Two is yellow.']);
    const other = documentOf('a', 'e', ['Four is red.']);
    expect(await store.writeDocuments([second, other])).toEqual([
      { added: 1, unchanged: 1, removed: 2 },
      { added: 1, unchanged: 0, removed: 0 },
    ]);
    expect(await store.textSearch('green blue', 5)).toEqual([]);
    expect(await store.textSearch('red', 5)).toHaveLength(2);
    expect(await store.stats()).toMatchObject({ chunks: 3, documents: 2 });
  });

  test('a new title makes the chunks new, and their vectors missing', async () => {
    await using store = await open();
    const old = documentOf('a', 'd', ['One.', 'Two.']);
    await store.writeDocuments([old]);
    await store.addVectors(small, rowsOf(old, 4));
    const renamed = documentOf('a', 'd', ['One.', 'Two.'], { title: 'Renamed' });
    expect(await store.writeDocuments([renamed])).toEqual([{ added: 2, unchanged: 0, removed: 2 }]);
    expect(await store.textSearch('renamed', 5)).toHaveLength(2);
    expect(await store.missingVectors(renamed, small)).toEqual(renamed.chunks);
  });

  test('a chunk that only moved keeps its vector and has its new place', async () => {
    await using store = await open();
    const document = documentOf('a', 'd', ['One.', 'Two.']);
    await store.writeDocuments([document]);
    await store.addVectors(small, rowsOf(document, 4));
    const [one, two] = document.chunks.map((chunk) => ({ ...chunk, ordinal: 1 - chunk.ordinal }));
    if (!one || !two) throw new Error('the document has two chunks');
    const turned = { ...document, chunks: [two, one] };
    expect(await store.writeDocuments([turned])).toEqual([{ added: 0, unchanged: 2, removed: 0 }]);
    expect(await store.get([one.id, two.id])).toEqual([one, two]);
    expect(await store.missingVectors(turned, small)).toEqual([]);
  });

  test('a document without chunks leaves the store', async () => {
    await using store = await open();
    await store.writeDocuments([documentOf('a', 'd', ['One.', 'Two.'])]);
    const empty = { brand: 'a', docId: 'd', chunks: [] };
    expect(await store.writeDocuments([empty])).toEqual([{ added: 0, unchanged: 0, removed: 2 }]);
    expect(await store.stats()).toMatchObject({ chunks: 0, documents: 0 });
  });

  test('a document given twice, or with chunks of another, is refused', async () => {
    await using store = await open();
    const one = documentOf('a', 'd', ['One.']);
    await expect(store.writeDocuments([one, one])).rejects.toThrow('["a","d"] is given twice');
    const wrong = { ...one, docId: 'e' };
    await expect(store.writeDocuments([wrong])).rejects.toThrow('is given for ["a","e"]');
  });

  test('vectors are missing until they are added, and adding them again changes nothing', async () => {
    await using store = await open();
    const document = documentOf('a', 'd', ['One.', 'Two.', 'Three.']);
    await store.writeDocuments([document]);
    expect(await store.missingVectors(document, small)).toEqual(document.chunks);
    const rows = rowsOf(document, 4);
    expect(await store.addVectors(small, rows.slice(0, 2))).toBe(2);
    expect(await store.missingVectors(document, small)).toEqual(document.chunks.slice(2));
    expect(await store.addVectors(small, rows)).toBe(1);
    expect(await store.addVectors(small, rows)).toBe(0);
    expect(await store.stats()).toMatchObject({ vectors: { small: 3 } });
    expect(await store.maintain()).toMatchObject({ chunks: 3, vectors: 3 });
  });

  test('the nearest chunk comes first, with the cosine as its score', async () => {
    await using store = await open();
    const document = documentOf('a', 'd', ['One.', 'Two.', 'Three.']);
    await store.writeDocuments([document]);
    await store.addVectors(small, rowsOf(document, 4));
    const hits = await store.vectorSearch(small, new Float32Array([0.1, 2, 0, 0]), 2);
    expect(hits.map(({ chunk }) => chunk)).toEqual([document.chunks[1], document.chunks[0]]);
    expect(hits[0]?.score).toBeCloseTo(2 / Math.hypot(0.1, 2), 5);
  });

  test('each embedder has its own vectors', async () => {
    await using store = await open();
    const document = documentOf('a', 'd', ['One.', 'Two.']);
    await store.writeDocuments([document]);
    await store.addVectors(small, rowsOf(document, 4));
    expect(await store.missingVectors(document, wide)).toHaveLength(2);
    expect(await store.vectorSearch(wide, axis(8, 0), 5)).toEqual([]);
    await store.addVectors(wide, rowsOf(document, 8).slice(1));
    expect(await store.stats()).toMatchObject({ vectors: { small: 2, [wide.id]: 1 } });
    const [hit] = await store.vectorSearch(wide, axis(8, 1), 5);
    expect(hit?.chunk).toEqual(document.chunks[1]);
  });

  test('a vector of another length is refused with both numbers', async () => {
    await using store = await open();
    const document = documentOf('a', 'd', ['One.']);
    await store.writeDocuments([document]);
    const message = /has 8 dimensions, expected 4/;
    await expect(store.addVectors(small, rowsOf(document, 8))).rejects.toThrow(message);
    await store.addVectors(small, rowsOf(document, 4));
    const grown = { id: small.id, dimensions: 8 };
    await expect(store.addVectors(grown, rowsOf(document, 8))).rejects.toThrow(message);
    await expect(store.vectorSearch(grown, axis(8, 0), 5)).rejects.toThrow(message);
    await expect(store.vectorSearch(small, axis(8, 0), 5)).rejects.toThrow(message);
    expect(await store.stats()).toMatchObject({ vectors: { small: 1 } });
  });

  test('vectors of changed chunks go, those of unchanged ones stay, late ones are not taken', async () => {
    await using store = await open();
    const first = documentOf('a', 'd', ['One.', 'Two.']);
    await store.writeDocuments([first]);
    await store.addVectors(small, rowsOf(first, 4));
    const second = documentOf('a', 'd', ['One.', 'New.']);
    await store.writeDocuments([second]);
    expect(await store.missingVectors(second, small)).toEqual([second.chunks[1]]);
    expect(await store.addVectors(small, rowsOf(first, 4))).toBe(0);
    const hits = await store.vectorSearch(small, axis(4, 1), 5);
    expect(hits.map(({ chunk }) => chunk.text)).toEqual(['One.']);
    expect(await store.stats()).toMatchObject({ vectors: { small: 1 } });
  });

  test('filters hold for both searches', async () => {
    await using store = await open();
    const documents = [
      documentOf('a', 'x1', ['Red apple.'], { url: 'https://x.example/docs/v1/one' }),
      documentOf('a', 'x2', ['Red pear.'], { url: 'https://x.example/docs_v1/two' }),
      documentOf('a', 'y1', ['Red plum.'], { source: 'upload', url: 'https://y.example/' }),
      documentOf('b', 'x1', ['Red cherry.'], { url: 'https://x.example/docs/v1/one' }),
    ];
    await store.writeDocuments(documents);
    for (const document of documents) await store.addVectors(small, rowsOf(document, 4));
    const cases = [
      [{}, ['apple', 'cherry', 'pear', 'plum']],
      [{ brand: 'a' }, ['apple', 'pear', 'plum']],
      [{ brand: 'a', source: 'upload' }, ['plum']],
      [{ urlPrefix: 'https://x.example/docs/' }, ['apple', 'cherry']],
      [{ urlPrefix: 'https://x.example/docs_' }, ['pear']],
      [{ urlPrefix: 'https://%' }, []],
      [{ brand: 'b', docId: 'x1' }, ['cherry']],
      [{ brand: 'c' }, []],
    ] as const;
    const fruits = (hits: readonly { chunk: { text: string } }[]) =>
      hits.map(({ chunk }) => chunk.text.slice(4, -1)).sort();
    for (const [filter, expected] of cases) {
      expect(fruits(await store.textSearch('red', 9, filter))).toEqual(expected);
      expect(fruits(await store.vectorSearch(small, axis(4, 0), 9, filter))).toEqual(expected);
    }
  });

  test('documents without vectors of an embedder are listed with their gaps, also by brand', async () => {
    await using store = await open();
    const a = documentOf('a', 'd', ['One.', 'Two.', 'Three.']);
    const b = documentOf('b', 'e', ['One.']);
    expect(await store.unembedded(small)).toEqual([]);
    await store.writeDocuments([b, a]);
    await store.addVectors(small, rowsOf(a, 4).slice(0, 1));
    expect(await store.unembedded(small)).toEqual([
      { brand: 'a', docId: 'd', chunks: 2 },
      { brand: 'b', docId: 'e', chunks: 1 },
    ]);
    expect(await store.unembedded(small, { brand: 'b' })).toHaveLength(1);
    await store.addVectors(small, [...rowsOf(a, 4), ...rowsOf(b, 4)]);
    expect(await store.unembedded(small)).toEqual([]);
    expect(await store.unembedded({ id: 'other', dimensions: 8 })).toHaveLength(2);
  });

  test('vectors of an embedder that are dropped are gone, those of others stay, and it can come back', async () => {
    await using store = await open();
    const document = documentOf('a', 'd', ['One red.', 'Two red.']);
    const large = { id: 'large', dimensions: 8 };
    await store.writeDocuments([document]);
    await store.addVectors(small, rowsOf(document, 4));
    await store.addVectors(large, rowsOf(document, 8));
    expect(await store.dropVectors('small')).toBe(2);
    expect(await store.dropVectors('nobody')).toBe(0);
    expect(await store.vectorSearch(small, axis(4, 0), 5)).toEqual([]);
    expect(await store.vectorSearch(large, axis(8, 0), 5)).toHaveLength(2);
    expect((await store.stats()).vectors).toEqual({ small: 0, large: 2 });
    expect(await store.addVectors(small, rowsOf(document, 4))).toBe(2);
    expect(await store.vectorSearch(small, axis(4, 0), 5)).toHaveLength(2);
  });

  test('the same page of two brands is two documents', async () => {
    await using store = await open();
    const [a, b] = [documentOf('a', 'd', ['One red.']), documentOf('b', 'd', ['One red.'])];
    await store.writeDocuments([a, b]);
    await store.addVectors(small, rowsOf(a, 4));
    const [chunk] = a.chunks;
    expect(await store.get([chunk?.id ?? ''])).toHaveLength(2);
    expect(await store.get([chunk?.id ?? ''], { brand: 'a' })).toEqual([chunk]);
    expect(await store.missingVectors(b, small)).toEqual(b.chunks);
    await store.removeDocuments([a]);
    expect(await store.textSearch('red', 5)).toHaveLength(1);
    expect(await store.stats()).toMatchObject({ chunks: 1, vectors: { small: 0 } });
  });

  test.each([
    "x'; DROP TABLE chunks; --",
    '100%',
    '_',
    "\\' OR 1=1 --",
    'a\\',
    '"double" `back`',
    'Ünï 日本',
    'line\nbreak\0nul',
    "' OR '1'='1",
  ])('a brand named %j is only a name', async (brand) => {
    await using store = await open();
    const document = documentOf(brand, `doc ${brand}`, ['One red.']);
    await store.writeDocuments([document, documentOf('other', 'd', ['Two red.'])]);
    expect(await store.writeDocuments([document])).toEqual([
      { added: 0, unchanged: 1, removed: 0 },
    ]);
    await store.addVectors(small, rowsOf(document, 4));
    const [hit, ...more] = await store.textSearch('red', 5, { brand });
    expect(hit?.chunk).toEqual(document.chunks[0]);
    expect(more).toEqual([]);
    expect(await store.vectorSearch(small, axis(4, 0), 5, { brand })).toHaveLength(1);
    expect(await store.listDocuments({ brand })).toHaveLength(1);
    expect(await store.erase({ brand })).toBe(1);
    expect(await store.stats()).toMatchObject({ chunks: 1, vectors: { small: 0 } });
  });

  test('an erased brand is found by nothing, and its neighbour by everything', async () => {
    await using store = await open();
    const gone = documentOf('gone', 'd', ['Secret red.', 'Secret green.']);
    const stays = documentOf('stays', 'e', ['Open red.']);
    await store.writeDocuments([gone, stays]);
    for (const document of [gone, stays]) await store.addVectors(small, rowsOf(document, 4));
    expect(await store.erase({ brand: 'gone' })).toBe(2);
    expect(await store.textSearch('secret', 5)).toEqual([]);
    expect(await store.get(gone.chunks.map(({ id }) => id))).toEqual([]);
    const hits = await store.vectorSearch(small, axis(4, 0), 5);
    expect(hits.map(({ chunk }) => chunk)).toEqual(stays.chunks);
    expect(await store.textSearch('open', 5)).toHaveLength(1);
    expect(await store.writeDocuments([gone])).toEqual([{ added: 2, unchanged: 0, removed: 0 }]);
  });

  test('one source of a brand, or one document, is erased and the others stay', async () => {
    await using store = await open();
    const site = documentOf('a', 'd', ['Red one.', 'Red two.']);
    const other = documentOf('a', 'e', ['Red three.'], { source: 'https://other.example' });
    const upload = documentOf('a', 'f', ['Red four.'], { source: 'upload' });
    await store.writeDocuments([site, other, upload]);
    for (const document of [site, other]) await store.addVectors(small, rowsOf(document, 4));
    expect(await store.erase({ brand: 'a', source: 'https://docs.example.com' })).toBe(2);
    expect(await store.erase({ brand: 'a', docId: 'f' })).toBe(1);
    expect(await store.erase({ brand: 'a', docId: 'f' })).toBe(0);
    expect((await store.listDocuments()).map(({ docId }) => docId)).toEqual(['e']);
    expect(await store.listVectors()).toEqual([
      { embedderId: 'small', brand: 'a', docId: 'e', vectors: 1 },
    ]);
    expect(await store.listVectors({ brand: 'b' })).toEqual([]);
  });

  test('a listed document says when it was fetched, and whether it has pages', async () => {
    await using store = await open();
    const old = documentOf('a', 'd', ['One.'], { fetchedAt: '2026-01-01T00:00:00.000Z', page: 1 });
    const young = documentOf('a', 'd', ['One.', 'Two.']);
    const chunks = [...old.chunks, ...young.chunks.slice(1)];
    await store.writeDocuments([{ ...old, chunks }, documentOf('a', 'plain', ['Three.'])]);
    expect(await store.listDocuments()).toMatchObject([
      { paged: true, oldest: '2026-01-01T00:00:00.000Z', newest: '2026-11-23T00:00:00.000Z' },
      { paged: false },
    ]);
  });

  test('documents are listed by URL with their number of chunks', async () => {
    await using store = await open();
    await store.writeDocuments([
      documentOf('a', 'zebra', ['One.', 'Two.']),
      documentOf('a', 'ape', ['One.']),
    ]);
    const listed = await store.listDocuments({ brand: 'a' });
    expect(listed.map(({ docId, chunks }) => [docId, chunks])).toEqual([
      ['ape', 1],
      ['zebra', 2],
    ]);
    expect(listed[0]).toMatchObject({ title: 'About ape', url: 'https://docs.example.com/ape' });
  });

  test('a sample has as many different texts as asked for, or all', async () => {
    await using store = await open();
    const texts = Array.from({ length: 10 }, (_, nth) => `Text number ${nth}.`);
    await store.writeDocuments([documentOf('a', 'd', texts)]);
    expect(new Set(await store.sampleTexts(4)).size).toBe(4);
    expect((await store.sampleTexts(99)).sort()).toEqual(texts);
    await store.writeDocuments([documentOf('b', 'd', ['Of another brand.'])]);
    expect(await store.sampleTexts(99, { brand: 'b' })).toEqual(['Of another brand.']);
    expect(new Set(await store.sampleTexts(4, { brand: 'a' })).size).toBe(4);
    expect(await store.sampleTexts(99, { brand: 'c' })).toEqual([]);
  });
});
