import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';
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

/** The entry `limits.<category>` of the bucket `runtime`: what it names wins over the definition of the kind. */
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

/** The key of the entry above in the bucket `runtime`. */
export const limitsKey = (category: string): string => `limits.${category}`;

/** Reads that entry. Undefined when it is not JSON or does not fit. */
export function parseLimits(text: string): CategoryLimits | undefined {
  try {
    const limits: unknown = JSON.parse(text);
    return Check(CategoryLimits, limits) ? limits : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
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

/** The claim of a task that may have to wait for others, or undefined: then nobody is asked. */
export function claimOf(
  definition: TaskDefinition,
  { payload, concurrencyKey, tenant = '' }: TaskMessage,
): Claim | undefined {
  const { kind, rate } = definition;
  const key = concurrencyKey ?? (definition.key && fieldOf(payload, definition.key)) ?? '';
  if (!key && !tenant && !rate) return undefined;
  const host = rate?.per === 'host' ? hostOf(fieldOf(payload, 'url')) : undefined;
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

const hostOf = (url: string | undefined): string | undefined =>
  url === undefined ? undefined : (URL.parse(url)?.host ?? undefined);
