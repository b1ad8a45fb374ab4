import type { Unit } from './units.ts';

export interface PackSizes {
  readonly target: number;
  readonly overlap: number;
}

/** A rest below this share of the target joins the chunk before it. */
const SMALL_REST = 0.2;
const JOINED_LIMIT = 1.25;

/**
 * Packs the units of one section into texts of about `target` characters. Each text but the first
 * opens with the last sentences of the one before it, about `overlap` characters, so that what is
 * said across a border is still said somewhere in one piece.
 */
export function packUnits(units: readonly Unit[], { target, overlap }: PackSizes): string[] {
  const packs: { again: Unit[]; fresh: Unit[] }[] = [];
  for (const unit of units) {
    const open = packs.at(-1);
    if (open && length([...open.again, ...open.fresh, unit]) <= target) open.fresh.push(unit);
    else packs.push({ again: open ? tail(open.fresh, overlap) : [], fresh: [unit] });
  }
  const rest = packs.at(-1);
  const before = packs.at(-2);
  if (rest && before && length(rest.fresh) < target * SMALL_REST) {
    const joined = [...before.again, ...before.fresh, ...rest.fresh];
    if (length(joined) <= target * JOINED_LIMIT)
      packs.splice(-2, 2, { again: before.again, fresh: [...before.fresh, ...rest.fresh] });
  }
  return packs.map(({ again, fresh }) => join([...again, ...fresh])).filter((text) => text !== '');
}

/** The last whole sentences that fit into `overlap`; one that is up to half longer may come alone. */
function tail(units: readonly Unit[], overlap: number): Unit[] {
  const last: Unit[] = [];
  for (const unit of units.toReversed()) {
    const limit = last.length === 0 ? overlap * 1.5 : overlap;
    if (!unit.repeatable || length([unit, ...last]) > limit) break;
    last.unshift(unit);
  }
  return last.length === units.length ? last.slice(1) : last;
}

function length(units: readonly Unit[]): number {
  return units.reduce((sum, { text, glue }) => sum + text.length + glue.length, 0);
}

function join(units: readonly Unit[]): string {
  return units
    .map(({ text, glue }, at) => (at === 0 ? text : glue + text))
    .join('')
    .trim();
}
