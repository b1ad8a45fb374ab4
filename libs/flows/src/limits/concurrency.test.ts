import { expect, test } from 'vitest';
import { dice } from '../../test/dice.ts';
import { type Hold, Holds } from './concurrency.ts';

/** The same, without a clever thought in it. */
class Model {
  holds: (Hold & { at: number })[] = [];
  add(hold: Hold, at: number): void {
    if (!this.holds.some(({ ask }) => ask === hold.ask)) this.holds.push({ ...hold, at });
  }
  keepOnly(instance: string, held: readonly string[], at: number): void {
    this.holds = this.holds
      .filter((hold) => hold.instance !== instance || held.includes(hold.ask))
      .map((hold) => (held.includes(hold.ask) ? { ...hold, at } : hold));
  }
  expire(graceMs: number, now: number): void {
    this.holds = this.holds.filter(({ at }) => at + graceMs >= now);
  }
}

test.each(Array.from({ length: 20 }, (_, index) => index + 1))(
  'counts are those of the plain model, whatever happens in whatever order (%i)',
  (seed) => {
    const random = dice(seed);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    const holds = new Holds();
    const model = new Model();
    for (let now = 0; now < 2_000; now++) {
      const instance = pick(['a', 'b', 'c']);
      const chance = random();
      if (chance < 0.6) {
        const hold = { ask: `${Math.floor(random() * 50)}`, key: pick(['x', 'y']), instance };
        holds.add(hold, now);
        model.add(hold, now);
      } else if (chance < 0.95) {
        const held = model.holds.map(({ ask }) => ask).filter(() => random() < 0.7);
        holds.keepOnly(instance, held, now);
        model.keepOnly(instance, held, now);
      } else {
        holds.expire(100, now);
        model.expire(100, now);
      }
      expect(new Set(holds.all().map(({ ask }) => ask))).toEqual(
        new Set(model.holds.map(({ ask }) => ask)),
      );
      for (const key of ['x', 'y']) {
        expect(holds.count(key)).toBe(model.holds.filter((hold) => hold.key === key).length);
      }
    }
  },
);

test('what was restored lasts until its grace is over, unless its holder names it', () => {
  const holds = new Holds(
    [
      { ask: '1', key: 'x', instance: 'alive' },
      { ask: '2', key: 'x', instance: 'dead' },
    ],
    1_000,
  );
  holds.confirm(['1'], 5_000);
  expect(holds.expire(6_000, 7_001)).toBe(true);
  expect(holds.all().map(({ ask }) => ask)).toEqual(['1']);
});
