import { languages as known, type Language } from '@slipstream/retrieval';
import type { ChunkFilter } from '../knowledge-store.ts';
import { rowsOf } from './rows.ts';
import type { Tables } from './tables.ts';

const FRESH_MS = 30_000;

/** Chunks by language, by brand. */
type Counts = ReadonlyMap<string, ReadonlyMap<Language, number>>;

/** Which languages the documents of a brand have. Read anew after 30 s, or when this process wrote. */
export function createLanguages(tables: Tables, now: () => number = Date.now) {
  let counts: Promise<Counts> | undefined;
  let readAt = 0;

  const read = async (): Promise<Counts> => {
    const rows = await tables.run(tables.chunks, (table) =>
      rowsOf<{ brand: string; language: Language }>(table.query().select(['brand', 'language'])),
    );
    const byBrand = new Map<string, Map<Language, number>>();
    for (const { brand, language } of rows) {
      const own = byBrand.get(brand) ?? new Map<Language, number>();
      own.set(language, (own.get(language) ?? 0) + 1);
      byBrand.set(brand, own);
    }
    return byBrand;
  };

  return {
    forget(): void {
      counts = undefined;
    },
    async of({ brand }: Pick<ChunkFilter, 'brand'>): Promise<Language[]> {
      if (!counts || now() - readAt > FRESH_MS) {
        readAt = now();
        counts = read();
        counts.catch(() => {
          counts = undefined;
        });
      }
      const all = await counts;
      const asked = brand === undefined ? [...all.values()] : [all.get(brand) ?? new Map()];
      const sum = (language: Language): number =>
        asked.reduce((total, own) => total + (own.get(language) ?? 0), 0);
      return known.filter((language) => sum(language) > 0).sort((a, b) => sum(b) - sum(a));
    },
  };
}
