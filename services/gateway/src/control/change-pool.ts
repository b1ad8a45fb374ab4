import type { Category } from '@slipstream/contracts';
import { type Bus, taskStream } from '@slipstream/jetstream';
import { changeControls } from '@slipstream/worker';
import type { Static } from 'typebox';
import { changedAgeing, changedLimits, merged } from './change-limits.ts';
import { mistake } from './mistake.ts';
import { type PoolChange, withDefaults } from './pool-view.ts';
import { highestMaxQueued } from './queue-limit.ts';

/** Sets what a pool may do, over all processes. Rejects with `invalid-request` naming the field. */
export async function changePool(
  bus: Bus,
  category: Category,
  change: Static<typeof PoolChange>,
): Promise<void> {
  if (change.maxQueued !== undefined) await checkMaxQueued(bus, category, change.maxQueued);
  await changeControls(bus, category, (current) => {
    const { ageing, limits, boosts, ...plain } = change;
    const changed = {
      ...current,
      ...plain,
      ...(ageing !== undefined && { ageing: changedAgeing(current.ageing, ageing) }),
      ...(boosts && { boosts: merged(current.boosts, boosts) }),
      ...(limits && { limits: changedLimits(category, current.limits, limits) }),
    };
    const { minReplicas, maxReplicas } = withDefaults(changed);
    if (minReplicas > maxReplicas) {
      const path = change.minReplicas === undefined ? '/maxReplicas' : '/minReplicas';
      throw mistake(path, `(${minReplicas}) must not be above maxReplicas (${maxReplicas})`);
    }
    return changed;
  });
}

async function checkMaxQueued(bus: Bus, category: Category, maxQueued: number): Promise<void> {
  const { config } = await bus.manager.streams.info(taskStream(category));
  const highest = highestMaxQueued(config.max_msgs);
  if (maxQueued <= highest) return;
  const why = `must be at most ${highest}: SLIPSTREAM_MAX_QUEUED of the provisioner is ${config.max_msgs}, and a tenth is kept for retries and children`;
  throw mistake('/maxQueued', why);
}
