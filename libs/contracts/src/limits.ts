import { type Static, Type } from 'typebox';
import type { TaskDefinition } from './define-task.ts';
import type { TaskMessage } from './message.ts';

/** Starts, spaced evenly: `perSecond: 10` is one every 100 ms. */
export const RateLimit = Type.Object(
  {
    perSecond: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 10_000 })),
    perMinute: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 600_000 })),
    per: Type.Enum(['pool', 'key', 'host'], {
      description:
        'What is counted together: the kind, each key of it, or each host of `payload.url`',
    }),
  },
  { additionalProperties: false },
);

/** What bounds the tasks of one kind, over all workers. */
export const KindLimits = Type.Object(
  {
    concurrency: Type.Optional(
      Type.Object(
        { perKey: Type.Integer({ minimum: 1, maximum: 10_000 }) },
        { additionalProperties: false },
      ),
    ),
    rate: Type.Optional(RateLimit),
  },
  { additionalProperties: false },
);

/** What an operator has set for a category: the kinds that it names are bounded by it, and not by their definition. */
export const CategoryLimits = Type.Object(
  {
    kinds: Type.Optional(Type.Record(Type.String(), KindLimits)),
    tenants: Type.Optional(
      Type.Record(Type.String(), Type.Number({ minimum: 0.01, maximum: 1_000 }), {
        description: 'Weight of each tenant; 1 for one that is not named',
      }),
    ),
  },
  { additionalProperties: false },
);

export type RateLimit = Static<typeof RateLimit>;
export type KindLimits = Static<typeof KindLimits>;
export type CategoryLimits = Static<typeof CategoryLimits>;

/** What bounds a kind: what its definition says, replaced by what is set for it at run time. */
export function limitsOf(
  definition: Pick<TaskDefinition, 'concurrency' | 'rate'> | undefined,
  set?: KindLimits,
): KindLimits {
  const { concurrency, rate } = { ...definition, ...set };
  return { ...(concurrency && { concurrency }), ...(rate && { rate }) };
}

/** Milliseconds between two starts. */
export const rateIntervalMs = ({ perSecond, perMinute }: RateLimit): number =>
  perSecond ? 1_000 / perSecond : perMinute ? 60_000 / perMinute : 0;

/** What a task is counted under. */
export interface Claim {
  readonly kind: string;
  /** '' for none. */
  readonly key: string;
  /** '' for none. */
  readonly tenant: string;
  /** Of `payload.url`, where a rate counts hosts. */
  readonly host?: string;
}

const MAX_KEY = 200;

/**
 * The claim of a task that may have to wait for others, or undefined: then nobody is asked.
 * `set`: what is set for its kind at run time.
 */
export function claimOf(
  definition: TaskDefinition,
  { payload, concurrencyKey, tenant = '' }: TaskMessage,
  set?: KindLimits,
): Claim | undefined {
  const { kind } = definition;
  const rate = set?.rate ?? definition.rate;
  const key = concurrencyKey ?? (definition.key && fieldOf(payload, definition.key)) ?? '';
  const together = !definition.key && (set?.concurrency ?? definition.concurrency);
  if (!key && !tenant && !rate && !together) return undefined;
  const host = rate?.per === 'host' ? hostOf(payload) : undefined;
  return { kind, key: key.slice(0, MAX_KEY), tenant, ...(host && { host }) };
}

/** The claim's lane as one subject token: base64url of `[tenant, kind, key]`. */
export const laneToken = ({ tenant, kind, key }: Claim): string =>
  Buffer.from(JSON.stringify([tenant, kind, key])).toString('base64url');

/** The reverse of `laneToken`. */
export function claimOfLane(token: string): Claim {
  const [tenant, kind, key] = JSON.parse(Buffer.from(token, 'base64url').toString()) as string[];
  return { tenant: tenant ?? '', kind: kind ?? '', key: key ?? '' };
}

function fieldOf(payload: unknown, field: string): string | undefined {
  const value = (payload as Record<string, unknown> | null)?.[field];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** Host and port of `payload.url`, if it has one. */
export function hostOf(payload: unknown): string | undefined {
  const url = fieldOf(payload, 'url');
  return url === undefined ? undefined : (URL.parse(url)?.host ?? undefined);
}
