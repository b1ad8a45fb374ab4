import {
  type Category,
  type CategoryLimits,
  KindLimits,
  limitsOf,
  type TaskTable,
  tasks,
} from '@slipstream/contracts';
import { type AgeingSettings, ageingOf } from '@slipstream/jetstream';
import { type Static, Type } from 'typebox';
import { mistake } from './mistake.ts';

const Allowance = Type.Optional(
  Type.Integer({
    minimum: 0,
    maximum: 604_800_000,
    description: 'How long its oldest task may wait before it is aged, ms',
  }),
);
const Weight = Type.Number({ minimum: 0.01, maximum: 1_000 });

/** `ageing` of `PATCH /v1/pools/{category}`: what is absent stays; null: the defaults again. */
export const AgeingChange = Type.Union([
  Type.Object(
    {
      enabled: Type.Optional(
        Type.Boolean({ description: 'False: priorities are strict, and bulk may starve' }),
      ),
      share: Type.Optional(
        Type.Number({
          minimum: 0.01,
          maximum: 0.5,
          description: 'What aged tasks may take of the work done above them',
        }),
      ),
      allowanceMs: Type.Optional(
        Type.Object(
          { high: Allowance, normal: Allowance, low: Allowance, bulk: Allowance },
          { additionalProperties: false },
        ),
      ),
    },
    { additionalProperties: false },
  ),
  Type.Null(),
]);

/** `limits` of the same: each kind and tenant that is named is set anew; null: what its definition says. */
export const LimitsChange = Type.Object(
  {
    kinds: Type.Optional(Type.Record(Type.String(), Type.Union([KindLimits, Type.Null()]))),
    tenants: Type.Optional(Type.Record(Type.String(), Type.Union([Weight, Type.Null()]))),
  },
  { additionalProperties: false },
);

/** Ageing as it is in effect. */
export const AgeingView = Type.Object({
  enabled: Type.Boolean(),
  share: Type.Number(),
  allowanceMs: Type.Object({
    high: Type.Integer(),
    normal: Type.Integer(),
    low: Type.Integer(),
    bulk: Type.Integer(),
  }),
});

/** Limits as they are in effect: of each kind that is limited, by its definition or as set. */
export const LimitsView = Type.Object({
  kinds: Type.Record(Type.String(), KindLimits),
  tenants: Type.Record(Type.String(), Weight, { description: 'Weights; 1 where none is named' }),
});

export function changedAgeing(
  current: AgeingSettings | undefined,
  change: Static<typeof AgeingChange>,
): AgeingSettings {
  if (change === null) return {};
  const allowanceMs = { ...current?.allowanceMs, ...change.allowanceMs };
  return { ...current, ...change, allowanceMs };
}

/** Rejects with `invalid-request` naming a kind that is not of the category, or a rate without a number. */
export function changedLimits(
  category: Category,
  current: CategoryLimits = {},
  change: Static<typeof LimitsChange>,
): CategoryLimits {
  for (const [kind, limits] of Object.entries(change.kinds ?? {})) {
    const path = `/limits/kinds/${kind}`;
    const known = kindsOf(category).map((one) => one.kind);
    if (!known.includes(kind)) {
      throw mistake(path, `is not a kind of ${category}: its kinds are ${known.join(', ')}`);
    }
    const rate = limits?.rate;
    if (rate && (rate.perSecond === undefined) === (rate.perMinute === undefined)) {
      throw mistake(`${path}/rate`, 'needs either perSecond or perMinute');
    }
  }
  return {
    kinds: merged(current.kinds, change.kinds),
    tenants: merged(current.tenants, change.tenants),
  };
}

export function limitsView(
  category: Category,
  { kinds = {}, tenants = {} }: CategoryLimits = {},
): Static<typeof LimitsView> {
  const all = kindsOf(category).map(
    (definition) => [definition.kind, limitsOf(definition, kinds[definition.kind])] as const,
  );
  const bounded = all.filter(([, limits]) => limits.concurrency ?? limits.rate);
  return { kinds: Object.fromEntries(bounded), tenants };
}

export const ageingView = (settings: AgeingSettings | undefined): Static<typeof AgeingView> =>
  ageingOf(settings);

const kindsOf = (category: Category) =>
  Object.values<TaskTable[string]>(tasks).filter((one) => one.category === category);

/** Entries that are named are set anew; those that are null go. */
export function merged<T>(
  current: Readonly<Record<string, T>> = {},
  change: Readonly<Record<string, T | null>> = {},
): Record<string, T> {
  const all = Object.entries({ ...current, ...change });
  return Object.fromEntries(all.filter((entry): entry is [string, T] => entry[1] !== null));
}
