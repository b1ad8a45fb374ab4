import { type Category, categoryNames } from '@slipstream/contracts';
import { type PurgeParts, purgeQueue } from '@slipstream/tasklog';
import { changeControls } from '@slipstream/worker';

/** Purges every queue and lets every pool begin anew with its pulls. Resolves with what was purged. */
export async function resetQueues(parts: PurgeParts): Promise<Record<Category, number>> {
  const purged = await Promise.all(
    categoryNames.map(async (category) => [category, await purgeQueue(parts, category)] as const),
  );
  await Promise.all(
    categoryNames.map((category) =>
      changeControls(parts.bus, category, (now) => ({
        ...now,
        restarts: (now.restarts ?? 0) + 1,
      })),
    ),
  );
  return Object.fromEntries(purged) as Record<Category, number>;
}
