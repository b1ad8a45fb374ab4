import type { WorkerEntry } from '@slipstream/worker';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';

const Time = Type.String({ format: 'date-time' });

/** A breaker as its process shows it in the registry. */
const Shown = Type.Object({
  dependency: Type.String({ description: 'Kind of outside system: `model`, `store`, `browser`' }),
  endpoint: Type.String({ description: 'Which one of them' }),
  state: Type.Enum(['closed', 'open', 'half-open']),
  failures: Type.Integer({ description: 'Failed calls in a row' }),
  since: Time,
  nextTrialAt: Type.Optional(Time),
});

export const BreakerView = Type.Object({
  ...Shown.properties,
  worker: Type.String({ description: 'The process whose breaker it is' }),
  service: Type.String(),
});

/** The breakers of every process, those of one dependency together. */
export function breakersOf(workers: readonly WorkerEntry[]): Static<typeof BreakerView>[] {
  const all = workers.flatMap(({ worker, service, extra }) => {
    const { breakers } = (extra ?? {}) as { breakers?: unknown };
    const shown = Array.isArray(breakers) ? breakers : [];
    return shown
      .filter((one: unknown) => Value.Check(Shown, one))
      .map((one) => ({ ...one, worker, service }));
  });
  const nameOf = (one: (typeof all)[number]) => `${one.dependency} ${one.endpoint} ${one.worker}`;
  return all.sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
}
